package als

import "github.com/seed-1938943e/goroutine/internal/async"

// An ExecutionContext is the set of the stores of all storages as it was at one
// moment. It is immutable, small enough to pass by value, and may be used by any
// number of goroutines, any number of times, at once. The zero ExecutionContext
// holds no stores.
//
// Copies are equal (==), and so are captures by a goroutine that has changed none of its
// stores in between. Others are not equal, even if they hold the same stores.
// [ExecutionContext.IsZero] reports whether there are none.
//
// It keeps its stores alive, except those of storages with RevokeOnEnd whose Run
// or Scope has ended.
type ExecutionContext struct {
	c async.Context
}

// Snapshot returns the caller's execution context. While nothing has changed since
// the last Snapshot, Go or Bind of the goroutine, it allocates nothing. It is
// Node's AsyncLocalStorage.snapshot.
func Snapshot() ExecutionContext { return ExecutionContext{async.Capture()} }

// Run calls fn in the captured context. When fn ends, by return, panic or
// [runtime.Goexit], the caller's own context is restored, without the changes that fn
// made. The async IDs of package hooks stay those of the caller. It costs a few
// nanoseconds and allocates nothing. It is Node's function from AsyncLocalStorage.snapshot.
//
// It panics if fn is nil.
func (c ExecutionContext) Run(fn func()) {
	if fn == nil {
		panic("als: ExecutionContext.Run: fn is nil")
	}
	defer c.c.Enter().Leave()
	fn()
}

// IsZero reports whether the context was captured where there were no stores, or is the
// zero ExecutionContext. A context whose stores have all been revoked is not zero.
func (c ExecutionContext) IsZero() bool { return c.c.Empty() }
