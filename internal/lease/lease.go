// Package lease has ambient contexts that can be revoked, such as that of a request or a
// span. When the request or span has ended, no goroutine that captured the context sees
// it any more. Packages als and als/alshttp make leases.
package lease

import (
	"context"
	"sync/atomic"
	"time"
)

// A Lease stands for a context until its End, and for the context around it afterwards.
// It is a context.Context only so that it can be stored as one: als.Context returns the
// context that it stands for, never the Lease.
type Lease struct {
	// ctx is nil once the lease has ended. Begin writes it before the lease is stored,
	// End on any goroutine afterwards. Every goroutine that captured the store reads it;
	// a load that returns the context is ordered before the End.
	ctx atomic.Pointer[context.Context]

	outer context.Context // written by Begin only
}

// Begin makes the lease stand for ctx, and after its end for the caller's ambient
// context. It is called once, before the lease is stored. It allocates two words for
// ctx outside the lease, because captures may keep the lease long after its end.
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

// Of returns the context that ambient stands for: itself, if it is no lease.
func Of(ambient context.Context) context.Context {
	_, ctx := resolve(ambient)
	return ctx
}

// resolve skips leases that have ended, from ambient outwards. It returns the first
// context that is none of them, which may be a lease, and the context that it stands for.
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
	context.Context
	// leased returns the leased context, or, once the lease has ended, nil and the
	// context around it.
	leased() (ctx, outer context.Context)
}

// Ended reports whether store is a lease, or embeds one, that has ended.
func Ended(store any) bool {
	l, ok := store.(lessor)
	if !ok {
		return false
	}
	ctx, _ := l.leased()
	return ctx == nil
}

// Void reports whether store is a lease, or embeds one, that stands for
// context.Background. Such a store keeps nothing alive.
func Void(store any) bool {
	l, ok := store.(lessor)
	return ok && Of(l) == context.Background()
}

// Ambient returns the caller's ambient context as it is stored, which may be a Lease.
// Package als, which has the storage, sets it in its init.
var Ambient func() context.Context
