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

// A request is the store that every Handler sets itself. It leases the request's context
// as the ambient one, and an inner Handler recognizes the request by it. Goroutines and
// snapshots may capture it. At the end the Handler empties it, so that they keep nothing
// of the request.
type request struct {
	lease.Lease

	// header identifies the request that the outermost Handler serves: its map, which
	// shallow copies of a request share. It is written before the request becomes a
	// store, and by end; goroutines that captured the request read it.
	header unsafe.Pointer

	goroutine uint64 // of the Handler; written before the request becomes a store
}

// begin returns the store for r. header identifies the request that the outermost
// Handler serves.
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

// serves reports whether the Handler of q has passed r on: r is on its goroutine, or has
// the same header. It returns the identity of that header.
//
// Having captured q is not enough: a goroutine that the request started may be a server
// itself and serve other requests.
func (q *request) serves(r *http.Request) (header unsafe.Pointer, ok bool) {
	if q == nil {
		return nil, false
	}
	header = atomic.LoadPointer(&q.header)
	here := q.goroutine == goroutine.ID() || header != nil && header == headerOf(r)
	return header, here && !q.Ended()
}

// headerOf returns the identity of a request's header, nil if it has none.
func headerOf(r *http.Request) unsafe.Pointer { return reflect.ValueOf(r.Header).UnsafePointer() }

// run calls fn with q as the ambient context and as the mark of the request.
func (q *request) run(fn func()) {
	als.RunContext(q, func() { current.Run(q, fn) })
}
