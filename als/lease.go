package als

import (
	"context"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/lease"
)

// A ContextLease is an ambient context.Context that [LeaseContext] has set and that
// End revokes. Copies are the same lease. The zero ContextLease has ended.
type ContextLease struct{ l *leasedContext }

// LeaseContext makes ctx the ambient context.Context until the returned lease ends:
//
//	defer als.LeaseContext(ctx).End()
//
// It is [WithContext] for a ctx that must not be used after the request, span or message
// that it belongs to. After End no goroutine, snapshot or bound function that captured
// ctx sees it or keeps it alive. There [Context] returns the ambient context around the
// lease, [context.Background] if there is none.
//
// Leases may end in any order. A lease that is never ended lasts in the caller until the
// enclosing [RunContext] or the goroutine ends, and in captures of it for longer.
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

// End revokes the leased context. Any goroutine may call it, because a span, a stream or
// a message often ends on another goroutine. A second End does nothing.
func (c ContextLease) End() {
	if c.l == nil {
		return
	}
	c.l.Lease.End()
	c.l.closeScope(goroutine.ID())
}

// A leasedContext is the store of a ContextLease, with its scope.
type leasedContext struct {
	lease.Lease

	// goid is the ID of the goroutine that opened the scope. Only that goroutine reads
	// and writes the words below.
	goid   uint64
	scope  Scope[context.Context]
	closed bool
}

// closeScope ends the scope of a lease that has ended, if the scope is open and the
// caller, whose ID is goid, opened it. It reports whether it did. A lease that ended on
// another goroutine leaves its scope open until the opener's next lease, so that a loop
// does not collect open scopes.
func (l *leasedContext) closeScope(goid uint64) bool {
	if l.goid != goid || !l.Ended() || l.closed {
		return false
	}
	l.closed = true
	l.scope.End()
	return true
}
