package als

import (
	"context"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/lease"
)

// A ContextLease is an ambient context.Context that [LeaseContext] has put in place
// and that End revokes. Copies are the same lease. The zero ContextLease has ended.
type ContextLease struct{ l *leasedContext }

// LeaseContext makes ctx the ambient context.Context until the returned lease ends:
//
//	defer als.LeaseContext(ctx).End()
//
// It is [WithContext] for a ctx that must not outlive what it belongs to, such as a
// request, a span or a message. At the end ctx is gone for every goroutine, snapshot
// and bound function that captured it, and is no longer kept alive: [Context] returns
// there the ambient context around the lease, [context.Background] if there is none.
//
// Leases may end in any order. A lease that is never ended lasts in the caller until the
// enclosing [RunContext] or the goroutine ends. Captures of it keep it for longer.
//
// It allocates two objects. It panics if ctx is nil.
func LeaseContext(ctx context.Context) ContextLease {
	if ctx == nil {
		panic("als: LeaseContext: ctx is nil")
	}
	id := goroutine.ID()
	for l, ok := ambient.Get().(*leasedContext); ok && l.closeScope(id); {
		l, ok = ambient.Get().(*leasedContext)
	}
	l := &leasedContext{goid: id}
	l.Begin(ctx)
	l.scope = ambient.WithScope(l)
	return ContextLease{l}
}

// End revokes the leased context. Any goroutine may call it: a span, a stream or a
// message often ends elsewhere than it began. A second End does nothing.
func (c ContextLease) End() {
	if c.l == nil {
		return
	}
	c.l.Lease.End()
	c.l.closeScope(goroutine.ID())
}

// A leasedContext is the store of a ContextLease, with the scope that put it in place.
type leasedContext struct {
	lease.Lease

	// goid is the ID of the goroutine that opened the scope. Only that goroutine reads
	// and writes the words below.
	goid   uint64
	scope  Scope[context.Context]
	closed bool
}

// closeScope ends the scope of a lease that has ended, if the goroutine with this ID,
// the caller's, is the one that opened it and it is open. A lease that ended elsewhere
// leaves its scope open; the opener's next lease closes it, so that a loop does not
// collect open scopes. It reports whether it closed the scope.
func (l *leasedContext) closeScope(goid uint64) bool {
	if l.goid != goid || !l.Ended() || l.closed {
		return false
	}
	l.closed = true
	l.scope.End()
	return true
}
