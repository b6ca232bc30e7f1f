// Package testkit has the helpers that the tests of more than one package need.
//
// It imports no package of the module but internal/race, so that tests inside any
// package can use it.
package testkit

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Through runs f in a goroutine that start starts, and waits until f has ended: by a
// return, by runtime.Goexit, or by a panic that start recovers.
func Through(start func(f func()), f func()) {
	done := make(chan struct{})
	start(func() {
		defer close(done)
		f()
	})
	<-done
}

// InGoroutine runs f in a goroutine that a go statement starts, and waits for its
// end, also by runtime.Goexit.
func InGoroutine(f func()) { Through(func(f func()) { go f() }, f) }

// Caught returns the value that f panics with, nil if f does not panic.
func Caught(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// WantPanic checks that f panics with want.
func WantPanic(t testing.TB, want any, f func()) {
	t.Helper()
	assert.Equal(t, want, Caught(f))
}
