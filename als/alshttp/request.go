package alshttp

import (
	"context"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/requestctx"
)

// current holds the lease on the request that a Handler serves. Its name appears in
// reports of lost stores, where it stands for what als.Context should have returned.
var current = als.New(als.Options[lease]{Name: requestctx.Name})

func init() {
	requestctx.From(func() context.Context { return current.Get().context() })
}

// A request is what a Handler itself puts in place: the mark by which a Handler inside
// it recognizes the request, and the ambient context. The Handler empties it at its
// end and then reuses it for another request, so a request costs no allocation.
//
// Goroutines and snapshots capture a [lease], which is void once the request has
// ended. Only the goroutine of the Handler writes to a request. A reader on any
// goroutine loads the words that it wants and after them the generation. If that is
// the lease's, the words are too: end stores the next generation before lend writes
// again, and atomic operations are sequentially consistent.
type request struct {
	generation atomic.Uintptr
	goroutine  atomic.Uint64
	header     unsafe.Pointer // the map, which shallow copies of a request share

	// The two words of the context.Context. Each is written and read atomically; they
	// are put together only if the generation proves that they belong together.
	contextType, contextValue unsafe.Pointer
}

// A lease gives access to a request until the request ends. It keeps nothing of the
// request alive.
type lease struct {
	request    *request
	generation uintptr
}

var requests = sync.Pool{New: func() any {
	req := new(request)
	req.generation.Store(1) // 0 is what follows the last one
	return req
}}

// lend returns a lease on what a Handler puts in place for r. header identifies the
// request that the outermost Handler serves.
func lend(r *http.Request, header unsafe.Pointer) lease {
	req, ctx := requests.Get().(*request), r.Context()
	// Sound because an interface value is two words, the second of which the collector
	// takes for a pointer, and the first points to memory that it does not manage.
	words := *(*[2]unsafe.Pointer)(unsafe.Pointer(&ctx))
	// An atomic store takes as long as ten loads, and on a kept connection these two words
	// are most often those of the last request.
	if atomic.LoadPointer(&req.contextType) != words[0] {
		atomic.StorePointer(&req.contextType, words[0])
	}
	if id := goroutine.ID(); req.goroutine.Load() != id {
		req.goroutine.Store(id)
	}
	atomic.StorePointer(&req.contextValue, words[1])
	atomic.StorePointer(&req.header, header)
	return lease{req, req.generation.Load()}
}

// end ends the request for everyone who has the lease, and drops what the collector
// would keep. It is called once.
func (l lease) end() {
	req := l.request
	req.generation.Store(l.generation + 1)
	atomic.StorePointer(&req.contextValue, nil)
	atomic.StorePointer(&req.header, nil)
	if l.generation+1 != 0 { // else the generations of this request are used up
		requests.Put(req)
	}
}

// valid reports whether the request has not ended. What the caller loaded from the
// request before it called valid then belongs to the lease.
func (l lease) valid() bool {
	return l.request != nil && l.request.generation.Load() == l.generation
}

// context returns the context of the request, nil if it has ended.
func (l lease) context() (ctx context.Context) {
	if l.request == nil {
		return nil
	}
	words := [2]unsafe.Pointer{
		atomic.LoadPointer(&l.request.contextType),
		atomic.LoadPointer(&l.request.contextValue),
	}
	if l.valid() {
		ctx = *(*context.Context)(unsafe.Pointer(&words)) // sound for the reason given in lend
	}
	return ctx
}

// serves reports whether r is a request that the Handler of the lease has passed on:
// one on its goroutine, or one elsewhere with the same header. It returns what
// identifies the header.
//
// The goroutine alone does not tell, because one that a request started may be a
// server itself and serve others.
func (l lease) serves(r *http.Request) (header unsafe.Pointer, ok bool) {
	if l.request == nil {
		return nil, false
	}
	id, header := l.request.goroutine.Load(), atomic.LoadPointer(&l.request.header)
	here := id == goroutine.ID() || header != nil && header == headerOf(r)
	return header, here && l.valid()
}

// headerOf returns what identifies the header of a request, nil if it has none.
func headerOf(r *http.Request) unsafe.Pointer { return reflect.ValueOf(r.Header).UnsafePointer() }
