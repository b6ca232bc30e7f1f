package als

import "github.com/seed-1938943e/goroutine/internal/async"

// A Scope is a store that was put in place by [Storage.WithScope] and stays until
// End. Copies of a Scope are the same scope. The zero Scope has ended.
//
// It is Node's RunScope.
type Scope[T any] struct {
	_ [0]*T
	s *async.Scope
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
// open inside ends it; a scope that is never ended lasts as long as an EnterWith.
//
// It allocates one small object. It is Node's withScope.
func (s *Storage[T]) WithScope(store T) Scope[T] {
	t := s.token()
	scope, c := async.OpenScope(t)
	scope.Keep(&s.key)
	if t.Boxed() {
		s.putBox(c, t, store, true)
		scope.Revocable(c)
	} else {
		*(*T)(c.Store(t)) = store
	}
	scope.Opened()
	return Scope[T]{s: scope}
}

// End ends the scope. A second End, of this or of a copy, does nothing, and so
// does End of the zero Scope. It panics on a goroutine other than that of the
// WithScope, and changes nothing then.
func (s Scope[T]) End() {
	if s.s != nil && !s.s.End() {
		panic("als: Scope.End: called on another goroutine than WithScope")
	}
}
