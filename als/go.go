package als

import (
	"sync/atomic"
	"time"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// Go starts fn in a new goroutine with the caller's execution context as it is at
// the call. What either of them does to its context afterwards the other does not
// see. A panic in fn ends the program, as in any goroutine.
//
// The goroutine is an async scope of its own for package hooks, of type
// "GOROUTINE". It costs little more than a go statement and allocates nothing else.
// In Node every asynchronous operation does this.
//
// It panics if fn is nil.
func Go(fn func()) {
	if fn == nil {
		panic("als: Go: fn is nil")
	}
	async.Go(fn)
}

// AfterFunc is [time.AfterFunc] with fn in the caller's execution context as it is
// at the call. It is Node's setTimeout.
//
// The captured stores are released when the timer fires. A timer that was stopped
// holds them, for a Reset, until it is garbage itself, so drop it. A timer that is
// Reset after it fired runs fn without stores; for one that fires more than once
// give time.AfterFunc a bound function.
//
// It panics if fn is nil.
func AfterFunc(d time.Duration, fn func()) *time.Timer {
	if fn == nil {
		panic("als: AfterFunc: fn is nil")
	}
	c := async.Capture()
	if c.Empty() {
		return time.AfterFunc(d, fn)
	}
	var once atomic.Pointer[async.Context] // a timer can be fired twice at a time by a Reset
	once.Store(&c)
	return time.AfterFunc(d, func() {
		var captured async.Context
		if p := once.Swap(nil); p != nil {
			captured = *p
		}
		captured.RunGoroutine(fn)
	})
}
