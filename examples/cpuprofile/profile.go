package main

import (
	"bytes"
	"runtime/pprof"

	"github.com/google/pprof/profile"

	"github.com/seed-1938943e/goroutine/examples/internal/profiles"
)

// profileOf returns the CPU profile of the program while fn runs.
func profileOf(fn func()) (*profile.Profile, error) {
	var b bytes.Buffer
	if err := pprof.StartCPUProfile(&b); err != nil {
		return nil, err
	}
	fn()
	pprof.StopCPUProfile()
	return profile.Parse(&b)
}

// shares returns each user's share of the CPU time. Samples without a user count for "".
func shares(p *profile.Profile) map[string]float64 {
	times := profiles.ByLabel(p, "user", 1) // 0 would count samples, 1 adds nanoseconds
	var all int64
	for _, ns := range times {
		all += ns
	}
	share := make(map[string]float64)
	for user, ns := range times {
		share[user] = float64(ns) / float64(all)
	}
	return share
}
