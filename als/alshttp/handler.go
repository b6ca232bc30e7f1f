package alshttp

import (
	"net/http"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// Handler returns a handler that calls next for each request in a clean execution
// context, with the stores of the options, made from the request in their order, and
// with the request's context as the ambient one. When it ends, what it has put in place
// itself is gone for every goroutine. It is used like any handler, by any number of
// requests at once.
//
// A Handler inside another of the same request adds its stores to those that are
// there; see [Reuse]. Inside means: on the same goroutine, also with a request that the
// handler made up; or on another one to which the stores were carried and that has
// the same request, or a shallow copy of it.
//
// It panics if next or an option is nil.
func Handler(next http.Handler, opts ...Option) http.Handler {
	if next == nil {
		panic("alshttp: Handler: next is nil")
	}
	return configured("Handler", opts).around(next)
}

// Middleware is [Handler] in the form that routers ask for.
//
// It panics if an option is nil, and what it returns if its argument is.
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
	var c config
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
		next = &recovering{next, c.recover}
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
