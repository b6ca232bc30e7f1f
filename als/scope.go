package als

import "github.com/seed-1938943e/goroutine/internal/async"

// A Scope is a store that [Storage.WithScope] has set, until End. Copies of a Scope are the
// same scope. The zero Scope has ended.
//
// It is Node's RunScope.
type Scope[T any] struct {
	_ [0]*T
	h async.Handle
}

// WithScope makes store the current store until the returned Scope ends. It is Run
// without a function:
//
//	defer s.WithScope(store).End()
//
// Scopes may end in any order. The current store is always that of the innermost Run, Exit
// or Scope that has not ended; no later End restores the store of a scope that has. A scope
// whose End is not called ends as an EnterWith does: with the enclosing Run, Exit, bound
// function, [ExecutionContext.Run] or goroutine. RevokeOnEnd then revokes its store
// wherever it was captured; at the end of a goroutine only if [Go] or [AfterFunc] started
// it with stores. Once such a Scope is garbage, so is the store that it hides.
//
// WithScope and End take 0.4 to 0.6 of a context.WithValue, with als/inherit up to 2.2.
// They allocate nothing where Run allocates nothing, once a goroutine has had as many
// scopes open. Of thousands of open scopes of one storage only the innermost costs
// anything. It is Node's withScope.
func (s *Storage[T]) WithScope(store T) Scope[T] {
	if s == nil {
		panic("als: Storage.WithScope: the Storage is nil")
	}
	t := s.key.Token()
	if t == 0 {
		t = s.token()
	}
	if !t.Boxed() {
		r, c, h := async.OpenPlain(&s.key, t)
		*(*T)(c.Addr(t)) = store
		if async.Observing() {
			h.Entered(r, t, c)
		}
		return Scope[T]{h: h}
	}
	return s.withScopeSlow(t, store)
}

// withScopeSlow is WithScope where the store does not fit into its cell or can be
// revoked.
func (s *Storage[T]) withScopeSlow(t async.Token, store T) Scope[T] {
	text := s.text(store)
	o := async.OpenScope(&s.key, t)
	s.putBox(o.Cell, t, store, text, true)
	return Scope[T]{h: o.Opened(t)}
}

// End ends the scope, on the goroutine of its WithScope. A second End, of this or of a
// copy, does nothing, and so does End of the zero Scope.
//
// If the Storage has RevokeOnEnd any goroutine may call End: the store is gone at once for
// all goroutines. That of the WithScope then has the store beneath. With als/inherit, plain
// goroutines that it starts have that store only after it has next read the Storage. If
// the Storage has no RevokeOnEnd, End on another goroutine panics and changes nothing.
func (s Scope[T]) End() {
	if !s.h.End() {
		panic("als: Scope.End: called on another goroutine than WithScope")
	}
}
