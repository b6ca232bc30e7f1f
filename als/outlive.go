package als

import (
	"context"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// Outlive is [Bind] for work that is meant to outlive what starts it, such as an audit
// record that is written after the answer: stores of storages with RevokeOnEnd that are
// current at the call stay readable in fn, and in the goroutines that it starts, when
// their Run or Scope has ended.
//
//	als.Outlive(func() { als.Go(audit) })()
//	go als.Outlive(audit)()
//
// [Context] returns there a context with the values of the ambient one, but neither its
// deadline nor its cancellation (see [context.WithoutCancel]); the end of a request or
// of a [LeaseContext] does not revoke it.
//
// The stores are shared, not copied: what they point to must still be usable. They are
// kept alive as long as the returned function, or what it starts, can read them.
// [Storage.Disable] ends them as it does all others. A store that is gone at the call
// stays gone, and stores with [InheritNever] are not captured.
//
// F is as for Bind, and so is the cost of a call. Outlive itself costs, more than Bind,
// a copy of the context, one small allocation for each store with RevokeOnEnd, and two
// for the ambient context.
//
// It panics if fn is nil or no function.
func Outlive[F any](fn F) F {
	if f, ok := any(fn).(func()); ok {
		if f == nil {
			panic("als: Outlive: fn is nil")
		}
		return any(bindFunc(outliving(), f)).(F)
	}
	return bindAny("Outlive", fn, outliving)
}

// outliving returns the caller's execution context as nothing but Disable can end it.
func outliving() async.Context {
	c := async.Capture().Outliving()
	ctx := Context()
	if ctx == context.Background() {
		return c
	}
	defer c.Enter().Leave()
	ambient.EnterWith(context.WithoutCancel(ctx))
	return async.Capture()
}
