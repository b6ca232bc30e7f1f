package als

import (
	"context"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// Outlive is [Bind] for work that goes on after its request, such as an audit record that
// is written after the answer. Stores with RevokeOnEnd stay readable in fn, and in the
// goroutines that fn starts, after their Run or Scope has ended.
//
//	als.Outlive(func() { als.Go(audit) })()
//	go als.Outlive(audit)()
//
// In fn, [Context] returns a context with the values of the ambient one, but neither its
// deadline nor its cancellation (see [context.WithoutCancel]). The end of a request or
// of a [LeaseContext] does not revoke it.
//
// The stores are shared, not copied: what they point to must still be usable. They are
// kept alive as long as the returned function, or a goroutine that it started, can read
// them. [Storage.Disable] ends them as it does all others. A store that has been revoked
// before the call stays so, and stores with [InheritNever] are not captured.
//
// F is as for Bind, and so is the cost of a call. In addition to Bind, Outlive copies the
// context and makes one small allocation for each store with RevokeOnEnd, and two for
// the ambient context. Node has no counterpart.
//
// It panics if fn is nil or not a function.
func Outlive[F any](fn F) F {
	if f, ok := any(fn).(func()); ok {
		if f == nil {
			panic("als: Outlive: fn is nil")
		}
		return any(bindFunc(outliving(), f)).(F)
	}
	return bindAny("Outlive", fn, outliving)
}

// outliving captures the caller's execution context such that only Disable ends its
// stores.
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
