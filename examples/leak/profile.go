package main

import (
	"bytes"
	"runtime/pprof"

	"github.com/google/pprof/profile"
)

// leaks is the name of the goroutine leak profile.
const leaks = "goroutineleak"

// take returns a profile of goroutines.
func take(name string) (*profile.Profile, error) {
	var b bytes.Buffer
	if err := pprof.Lookup(name).WriteTo(&b, 0); err != nil {
		return nil, err
	}
	return profile.Parse(&b)
}

// byLabel returns how many goroutines a profile has for each value of a label, and of
// those without it as that of "".
func byLabel(p *profile.Profile, key string) map[string]int64 {
	count := make(map[string]int64)
	for _, s := range p.Sample {
		value := ""
		if values := s.Label[key]; len(values) > 0 {
			value = values[0]
		}
		count[value] += s.Value[0]
	}
	return count
}

// added returns how many goroutines fn has added to a profile for each user. A goroutine
// that has leaked stays in the leak profile until the program ends.
func added(name string, fn func() error) (map[string]int64, error) {
	before, err := take(name)
	if err != nil {
		return nil, err
	}
	if err := fn(); err != nil {
		return nil, err
	}
	after, err := take(name)
	if err != nil {
		return nil, err
	}
	count := byLabel(after, "user")
	for user, n := range byLabel(before, "user") {
		count[user] -= n
	}
	return count, nil
}
