//go:build race

// Package race says whether the race detector is on, as a constant, so that the
// compiler checks both branches in every build and drops one.
package race

// Enabled reports whether this is a build with -race.
const Enabled = true
