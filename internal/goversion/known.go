//go:build !go1.28

// Package goversion is the one place that names the first Go release that we have
// not looked into yet.
package goversion

// Known reports whether this Go release is one whose calling convention we have looked up.
// In a later release internal/async uses Go code instead of its assembly. All else that
// depends on the release is checked at init or before its first use.
//
// To move the fence, see "A new Go release" in CONTRIBUTING.md. Then run .ci/run with that
// release.
const Known = true
