//go:build !go1.28

// Package goversion is the one place that names the first Go release that we have
// not looked into yet.
package goversion

// Known reports whether this Go release is one whose calling convention and whose
// sets of profiler labels we have looked up. In a later release slower code that
// assumes neither takes over.
//
// To move the fence, compare cmd/compile/abi-internal.md of the new release with what
// internal/async/lookup_*.s says about registers. Compare internal/runtime/pprof/label
// with internal/g and als/inherit. Then run .ci/run with that release.
const Known = true
