package alshttp

import (
	"net/http"

	"github.com/seed-1938943e/goroutine/als"
)

// An Option configures [Handler] and [Middleware]. It is a *[Store], as [NewStore] and
// [With] return it, or the result of [Fields], [Reuse] or [Recover].
type Option interface {
	apply(*config)
}

type config struct {
	caller  string // the function that got the options, for panics
	stores  []store
	reuse   bool
	recover recoverer // nil without Recover
}

// A store is an option that sets stores, in a handler around the next.
type store interface {
	around(next http.Handler, c config) http.Handler
}

// A Store is a Storage with the function that makes its store from a request. It is
// an [Option] of Handler. To change the store for a part of a request use Run:
// EnterWith lasts until the Handler ends.
type Store[T any] struct {
	// Storage holds the store of the request, which its methods Get and GetStore
	// return.
	*als.Storage[T]

	from func(*http.Request) T
}

// NewStore returns a Store with a new Storage that has this name and RevokeOnEnd: when
// a request has ended, its store is gone for every goroutine that captured it, see
// [als.Options]. from makes the store of a request. The stores of the options before
// this one are current in it.
//
// It panics if from is nil.
func NewStore[T any](name string, from func(*http.Request) T) *Store[T] {
	if from == nil {
		panic("alshttp: NewStore: from is nil")
	}
	return &Store[T]{als.New(als.Options[T]{Name: name, RevokeOnEnd: true}), from}
}

// With is [NewStore] for an existing Storage, which keeps its options. Without
// RevokeOnEnd a goroutine that captured the store of a request keeps it after the
// request.
//
// It panics if storage or from is nil.
func With[T any](storage *als.Storage[T], from func(*http.Request) T) *Store[T] {
	if storage == nil {
		panic("alshttp: With: storage is nil")
	}
	if from == nil {
		panic("alshttp: With: from is nil")
	}
	return &Store[T]{storage, from}
}

func (s *Store[T]) apply(c *config) {
	if s == nil || s.Storage == nil || s.from == nil {
		panic("alshttp: " + c.caller + ": an option is a Store that neither NewStore nor With made")
	}
	c.stores = append(c.stores, s)
}

func (s *Store[T]) around(next http.Handler, c config) http.Handler {
	return &storeHandler[T]{s, next, c.reuse, c.recover}
}

// storeHandler is the handler that runs the next one with a store.
type storeHandler[T any] struct {
	store   *Store[T]
	next    http.Handler
	reuse   bool
	recover recoverer
}

func (h *storeHandler[T]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.reuse {
		if _, ok := h.store.GetStore(); ok {
			h.next.ServeHTTP(w, r)
			return
		}
	}
	if store, made := h.makeStore(w, r); made {
		h.store.Run(store, func() { h.next.ServeHTTP(w, r) })
	}
}

// makeStore makes the store of a request. It reports false if it recovered a panic.
func (h *storeHandler[T]) makeStore(w http.ResponseWriter, r *http.Request) (store T, made bool) {
	if h.recover != nil {
		defer h.recover.handle(w, r)
	}
	return h.store.from(r), true
}

type reuse struct{}

func (reuse) apply(c *config) { c.reuse = true }

// Reuse returns the option for a Handler inside another: a storage that already has a
// store keeps it, and the function that would make another is not called. It applies
// to all stores of the Handler, in any place among the options. Without it the
// inner store hides the outer one until the inner Handler ends.
func Reuse() Option { return reuse{} }
