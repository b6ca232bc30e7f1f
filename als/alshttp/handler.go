package alshttp

import (
	"net/http"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// Handler returns a handler that calls next for each request in a clean execution
// context. The request's context is the ambient one, and the options make stores from
// the request, in their order. When next has returned, the ambient context and all
// stores with RevokeOnEnd are gone for every goroutine that captured them.
//
// A Handler inside another one of the same request adds its stores to the outer ones;
// see [Reuse]. It is inside if it runs on the same goroutine, also with another request
// that a handler made up. On another goroutine it is inside if the stores were carried
// there and it gets the same request or a shallow copy.
//
// It panics if next or an option is nil, or a [Store] that neither [NewStore] nor [With]
// made.
func Handler(next http.Handler, opts ...Option) http.Handler {
	if next == nil {
		panic("alshttp: Handler: next is nil")
	}
	return configured("Handler", opts).around(next)
}

// Middleware is [Handler] in the form that routers ask for.
//
// It panics as Handler does for an option. The function that it returns panics if next is
// nil.
func Middleware(opts ...Option) func(next http.Handler) http.Handler {
	c := configured("Middleware", opts)
	return func(next http.Handler) http.Handler {
		if next == nil {
			panic("alshttp: Middleware: next is nil")
		}
		return c.around(next)
	}
}

func configured(caller string, opts []Option) config {
	c := config{caller: caller}
	for _, o := range opts {
		if o == nil {
			panic("alshttp: " + caller + ": an option is nil")
		}
		o.apply(&c)
	}
	return c
}

func (c config) around(next http.Handler) http.Handler {
	if c.recover != nil {
		next = &recoverHandler{next, c.recover}
	}
	for i := len(c.stores) - 1; i >= 0; i-- {
		next = c.stores[i].around(next, c)
	}
	return &handler{next}
}

type handler struct{ next http.Handler }

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header, nested := current.Get().serves(r)
	if !nested {
		header = headerOf(r)
		defer async.Context{}.Enter().Leave()
	}
	q := begin(r, header)
	defer q.end()
	q.run(func() { h.next.ServeHTTP(w, r) })
}
