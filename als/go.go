package als

import (
	"time"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// Go starts fn in a new goroutine with the caller's execution context as it is at
// the call. Later changes to either context do not affect the other. A panic in fn
// ends the program, as in any goroutine.
//
// The goroutine is an async scope of its own for package hooks, of type
// "GOROUTINE". It costs little more than a go statement. Most calls allocate nothing else,
// because what a goroutine needs is reused after it has exited. In Node every
// asynchronous operation does this.
//
// It panics if fn is nil.
func Go(fn func()) {
	if fn == nil {
		panic("als: Go: fn is nil")
	}
	main := async.Task(fn)
	go main()
}

// Go starts fn in a new goroutine, in the captured context. Like [Go] it makes an
// async scope. A panic in fn ends the program, as in any goroutine.
//
// It panics if fn is nil.
func (c ExecutionContext) Go(fn func()) {
	if fn == nil {
		panic("als: ExecutionContext.Go: fn is nil")
	}
	main := c.c.Task(fn)
	go main()
}

// AfterFunc is [time.AfterFunc] with fn in the caller's execution context as it is at
// the call, each time the timer fires, also after a Reset. It is Node's setTimeout.
//
// A Reset captures nothing: a timer that is Reset from elsewhere, as a debounce is,
// runs fn with the stores of the AfterFunc call. Each firing starts from them anew.
//
// The timer holds the captured stores. They are released when it has fired or was
// stopped and the program has dropped it, since until then it can be Reset. A timer
// that is kept after its last use keeps them; stores of storages with RevokeOnEnd are
// released when their Run or Scope ends in any case.
//
// It costs one small allocation more than time.AfterFunc. It panics if fn is nil.
func AfterFunc(d time.Duration, fn func()) *time.Timer {
	if fn == nil {
		panic("als: AfterFunc: fn is nil")
	}
	c := async.Capture()
	return time.AfterFunc(d, func() { c.RunGoroutine(fn) })
}
