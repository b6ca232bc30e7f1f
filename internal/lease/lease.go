// Package lease has the ambient context.Context that can be revoked: that of a request or
// a span. When the request or span has ended, no goroutine that captured the context may
// see it. Packages als and als/alshttp, above this one, both make leases.
package lease

import (
	"context"
	"sync/atomic"
	"time"
)

// A Lease is an ambient context that lasts until its End, and stands for the context
// around it afterwards. It is a context.Context only so that it can be stored as one:
// als.Context returns what it stands for, never the Lease.
type Lease struct {
	// ctx is nil once the lease has ended. Begin writes it before the lease is a store,
	// End on any goroutine afterwards; every goroutine that captured the store reads it.
	// One that still reads the context is ordered before the end.
	ctx atomic.Pointer[context.Context]

	outer context.Context // written by Begin only
}

// Begin has the lease stand for ctx, and after its end for the caller's ambient
// context. It is called once, before the lease is stored. It allocates a word pair
// for ctx, which is not part of the lease because a lease may be kept for long.
func (l *Lease) Begin(ctx context.Context) {
	l.ctx.Store(&ctx)
	l.outer, _ = resolve(Ambient()) // so that leases which end elsewhere form no chain
}

// End ends the lease for all goroutines, and drops the context. Any goroutine may call
// it, more than once.
func (l *Lease) End() { l.ctx.Store(nil) }

// Ended reports whether the lease has ended.
func (l *Lease) Ended() bool { return l.ctx.Load() == nil }

func (l *Lease) leased() (ctx, outer context.Context) {
	if p := l.ctx.Load(); p != nil {
		return *p, nil
	}
	return nil, l.outer
}

// The methods of a context.Context are those of the context that the lease stands for.

func (l *Lease) Deadline() (time.Time, bool) { return Of(l).Deadline() }
func (l *Lease) Done() <-chan struct{}       { return Of(l).Done() }
func (l *Lease) Err() error                  { return Of(l).Err() }
func (l *Lease) Value(key any) any           { return Of(l).Value(key) }

// Of returns the context that an ambient context stands for.
func Of(ambient context.Context) context.Context {
	_, ctx := resolve(ambient)
	return ctx
}

// resolve skips the leases around an ambient context that have ended. It returns what
// is left, which may be a lease, and the context that it stands for.
func resolve(ambient context.Context) (live, ctx context.Context) {
	for {
		l, ok := ambient.(lessor)
		if !ok {
			return ambient, ambient
		}
		ctx, outer := l.leased()
		if ctx != nil {
			return ambient, ctx
		}
		ambient = outer
	}
}

// A lessor is a Lease, or embeds one.
type lessor interface {
	// leased returns the leased context, or, once the lease has ended, nil and the
	// context around it.
	leased() (ctx, outer context.Context)
}

// Void reports whether a store is a lease, or embeds one, that stands for no context
// but context.Background. It keeps nothing alive.
func Void(store any) bool {
	l, ok := store.(interface {
		lessor
		context.Context
	})
	return ok && Of(l) == context.Background()
}

// Ambient returns the caller's ambient context as it is stored, which may be a Lease.
// Package als, which has the storage, sets it in its init.
var Ambient func() context.Context
