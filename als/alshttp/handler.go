package alshttp

import (
	"net/http"
	"unsafe"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/async"
)

// Handler returns a handler that calls next for each request in a clean execution
// context, with the stores of the options, made from the request in their order, and
// with the request's context as the ambient one. It is used like any handler, by any
// number of requests at once.
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
	for i := len(c.stores) - 1; i >= 0; i-- {
		next = c.stores[i].around(next, c.reuse)
	}
	return &handler{next}
}

type handler struct{ next http.Handler }

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if current.Get().is(r) {
		h.serve(w, r)
		return
	}
	defer async.Context{}.Enter().Leave()
	current.Run(markOf(r), func() { h.serve(w, r) })
}

func (h *handler) serve(w http.ResponseWriter, r *http.Request) {
	als.RunContext(r.Context(), func() { h.next.ServeHTTP(w, r) })
}

// current is there while a Handler serves a request.
var current als.Storage[mark]

// A mark says which request a Handler serves. A goroutine can have the mark of
// another one: that of a server which was started by a request, in a program whose go
// statements carry stores.
type mark struct {
	header    unsafe.Pointer // the map, which copies of a request share
	goroutine uint64
}

func markOf(r *http.Request) mark { return mark{mapOf(r.Header), goroutine.ID()} }

// is reports whether r is the request of the mark.
func (m mark) is(r *http.Request) bool {
	return m.goroutine != 0 && (m.goroutine == goroutine.ID() || m.header != nil && m.header == mapOf(r.Header))
}

// mapOf returns what tells one map from another. Sound because a map is one pointer.
func mapOf(h http.Header) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&h)) }
