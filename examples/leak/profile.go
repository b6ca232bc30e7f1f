package main

import (
	"bytes"
	"runtime/pprof"

	"github.com/google/pprof/profile"

	"github.com/seed-1938943e/goroutine/examples/internal/profiles"
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

// count returns how many goroutines of a profile each user has. Those without a user
// count for "".
func count(p *profile.Profile) map[string]int64 { return profiles.ByLabel(p, "user", 0) }

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
	counts := count(after)
	for user, n := range count(before) {
		counts[user] -= n
	}
	return counts, nil
}
