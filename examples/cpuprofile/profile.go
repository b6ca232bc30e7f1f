package main

import (
	"bytes"
	"runtime/pprof"

	"github.com/google/pprof/profile"
)

// profileOf returns the CPU profile of fn, and of all that runs meanwhile.
func profileOf(fn func()) (*profile.Profile, error) {
	var b bytes.Buffer
	if err := pprof.StartCPUProfile(&b); err != nil {
		return nil, err
	}
	fn()
	pprof.StopCPUProfile()
	return profile.Parse(&b)
}

// byLabel returns the share of the CPU time of each value of a label, and of the samples
// that do not have it as that of "".
func byLabel(p *profile.Profile, key string) map[string]float64 {
	share, all := make(map[string]float64), 0.0
	for _, s := range p.Sample {
		value := ""
		if values := s.Label[key]; len(values) > 0 {
			value = values[0]
		}
		cpu := float64(s.Value[len(s.Value)-1]) // after the number of samples
		share[value] += cpu
		all += cpu
	}
	for value := range share {
		share[value] /= all
	}
	return share
}
