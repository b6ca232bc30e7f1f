package als

import "github.com/seed-1938943e/goroutine/internal/async"

// A Scope is a store that was put in place by [Storage.WithScope] and stays until
// End. Copies of a Scope are the same scope. The zero Scope has ended.
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
// Scopes may end in any order. Ending one that is not the innermost takes out just
// that one, and the current store stays that of the innermost Run, Exit or Scope
// that is still open. Nothing brings back the store of a scope that has ended. A
// Run, Exit, bound function or [ExecutionContext.Run] that ends with a scope still
// open inside ends it; a scope that is never ended lasts as long as an EnterWith, and
// what it hides is garbage once the Scope is. With RevokeOnEnd what other goroutines
// have captured of it is revoked when what encloses it ends.
//
// WithScope and End take about 0.6 of a context.WithValue and allocate nothing for a
// store that Run allocates nothing for, once a goroutine has had as many scopes open.
// Of one storage with thousands of open scopes only the innermost costs anything. It
// is Node's withScope.
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
// Where the Storage has RevokeOnEnd any goroutine may call End: the store is gone at
// once for all goroutines, that of the WithScope included, which then has the store
// beneath. With als/inherit, plain goroutines that it starts have that one only after
// it has read the Storage once more. On other Storages End panics on a goroutine other
// than that of the WithScope, and changes nothing then.
func (s Scope[T]) End() {
	if !s.h.End() {
		panic("als: Scope.End: called on another goroutine than WithScope")
	}
}
