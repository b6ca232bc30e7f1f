package testkit

import (
	"runtime"
	"testing"
	"time"
	"weak"
)

// patience is how long a test waits for the runtime. It is meant for the slowest
// emulator on a loaded machine; a test that passes waits no longer than it has to.
const patience = time.Minute

// Eventually waits until cond holds. Use it only for what the runtime does without a
// signal; elsewhere use a channel or a WaitGroup. It yields and does not sleep.
func Eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for start := time.Now(); !cond(); runtime.Gosched() {
		if time.Since(start) > patience {
			t.Fatalf("after %v, still not: %s", patience, what)
		}
	}
}

// EventuallyCollected is Eventually with a garbage collection before each call of cond
// but the first. It yields in between, because cleanups run on goroutines of the runtime.
func EventuallyCollected(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for start := time.Now(); !cond(); {
		if time.Since(start) > patience {
			t.Fatalf("after %v of garbage collections, still not: %s", patience, what)
		}
		runtime.GC()
		for range 100 {
			runtime.Gosched()
		}
	}
}

// Garbage waits until what w points to has been collected.
func Garbage[T any](t testing.TB, what string, w weak.Pointer[T]) {
	t.Helper()
	EventuallyCollected(t, "garbage: "+what, func() bool { return w.Value() == nil })
}

// Held checks that what w points to is not collected, over more collections than
// Garbage needs in any test that passes.
func Held[T any](t testing.TB, what string, w weak.Pointer[T]) {
	t.Helper()
	for range 5 {
		runtime.GC()
		if w.Value() == nil {
			t.Fatalf("garbage too early: %s", what)
		}
		runtime.Gosched()
	}
}

// Collect runs at least so many garbage collections and waits for one of the cleanups
// that each has queued. The runtime may call cleanups in any order, so others of the
// last collection may still be pending.
func Collect(t testing.TB, collections int) {
	t.Helper()
	for range collections {
		ran := make(chan struct{})
		func() { // no word of this frame keeps the object
			runtime.AddCleanup(&struct{ _ *int }{}, func(ran chan struct{}) { close(ran) }, ran)
		}()
		// One collection may not be enough: a stale word on a stack can keep the object.
		EventuallyCollected(t, "cleanups run", func() bool { return Closed(ran) })
	}
}
