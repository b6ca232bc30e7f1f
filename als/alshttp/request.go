package alshttp

import (
	"net/http"
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/lease"
)

// current marks the request that a Handler is serving on this goroutine.
var current = als.New(als.Options[*request]{Name: "request of alshttp"})

// A request is what a Handler itself puts in place: the lease on the request's context,
// which is the ambient one, and the mark by which a Handler inside recognizes the
// request. Goroutines and snapshots may capture it; at its end the Handler empties it,
// so that nothing of the request is kept.
type request struct {
	lease.Lease

	// header identifies the request that the outermost Handler serves: its map, which
	// shallow copies of a request share. It is written before the request is a store,
	// and once more at the end; goroutines that captured the request read it.
	header unsafe.Pointer

	goroutine uint64 // that the Handler runs on; written before the request is a store
}

// begin returns what a Handler puts in place for r. header identifies the request that
// the outermost Handler serves.
func begin(r *http.Request, header unsafe.Pointer) *request {
	q := &request{header: header, goroutine: goroutine.ID()}
	q.Begin(r.Context())
	return q
}

// end ends the request for every goroutine that has captured it.
func (q *request) end() {
	q.End()
	atomic.StorePointer(&q.header, nil)
}

// serves reports whether r is a request that the Handler of q has passed on: one on
// its goroutine, or one elsewhere with the same header. It returns what identifies the
// header.
//
// The goroutine alone does not tell, because one that a request started may be a
// server itself and serve others.
func (q *request) serves(r *http.Request) (header unsafe.Pointer, ok bool) {
	if q == nil {
		return nil, false
	}
	header = atomic.LoadPointer(&q.header)
	here := q.goroutine == goroutine.ID() || header != nil && header == headerOf(r)
	return header, here && !q.Ended()
}

// headerOf returns what identifies the header of a request, nil if it has none.
func headerOf(r *http.Request) unsafe.Pointer { return reflect.ValueOf(r.Header).UnsafePointer() }

// run runs fn with the request's context as the ambient one and the mark in place.
func (q *request) run(fn func()) {
	als.RunContext(q, func() { current.Run(q, fn) })
}
