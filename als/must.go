package als

import (
	"reflect"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// Must returns the current store. It is Get for code that cannot go on without
// one, such as a query without its tenant.
//
// If there is no store it panics with a string: "als: no store of " and the storage's
// name or, if it has none, the type of its stores. While losses are traced ([TraceLoss])
// the place where the goroutine lost the store follows. Options.Default does not count as
// a store.
//
// It costs one call more than Get, which makes it about twice as expensive, and does
// not allocate.
func (s *Storage[T]) Must() T {
	p := async.Lookup((*async.Key)(unsafe.Pointer(s)))
	if p == nil {
		s.panicWithoutStore() // for the inliner, Must with this call costs 134; its limit is 80
	}
	return *(*T)(p)
}

//go:noinline
func (s *Storage[T]) panicWithoutStore() {
	name := s.options.Name
	if name == "" {
		name = reflect.TypeFor[T]().String()
	}
	panic("als: no store of " + name + howLost(&s.key))
}
