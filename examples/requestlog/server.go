package main

import (
	"fmt"
	"net/http"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// A server answers requests for what (later, order or mail) and a token. Apart from
// the token, which is for the check, none of its functions is told whose request it
// works for.
type server struct {
	faults      faults
	idSeq       atomic.Int64 // the next ID
	connections atomic.Int64 // accepted so far
	worker      *worker
}

func newServer(f faults) *server { return &server{faults: f, worker: newWorker()} }

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /later/{token}", page(s.later))
	mux.HandleFunc("GET /order/{token}", page(s.order))
	mux.HandleFunc("GET /mail/{token}", page(s.mail))
	return s.withRequestID(mux)
}

// withRequestID gives each request an ID, which next and all that next starts find
// in requestID. The client gets to know it, too.
//
// One goroutine serves all the requests of a connection. Run takes the ID away when
// next returns, so that the connection does not carry it into its next request.
func (s *server) withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := int(s.idSeq.Add(1) - 1)
		w.Header().Set("X-Request-Id", strconv.Itoa(id))
		requestID.Run(id, func() { next.ServeHTTP(w, r) })
	})
}

// A token goes into the log, so it must not be able to forge lines.
var plainToken = regexp.MustCompile(`^[\w-]{1,32}$`)

func page(serve func(token string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := r.PathValue("token")
		if !plainToken.MatchString(token) {
			http.Error(w, "the token must be letters, digits, _ and -, 32 at most", http.StatusBadRequest)
			return
		}
		serve(token)
		fmt.Fprintln(w, "done")
	}
}

// later is Node's handler.
func (s *server) later(token string) {
	logWithID(token, "start")
	// Imagine any chain of async operations here
	finished := make(chan struct{})
	als.AfterFunc(time.Millisecond, func() {
		logWithID(token, "finish")
		close(finished)
	})
	<-finished // a Go handler answers by returning, so it waits
}

// order calls down several functions, and does so in several goroutines at a time.
func (s *server) order(token string) {
	logWithID(token, "start")
	loadCart(token)
	s.priceItems(token)
	logWithID(token, "finish")
}

func loadCart(token string) { query(token, "cart") }

func query(token, table string) {
	logWithID(token, "query "+table)
	runtime.Gosched() // a database would keep us waiting, and others get their turn
	readRows(token, table)
}

func readRows(token, table string) { logWithID(token, "rows of "+table) }

// itemsPerOrder is how many goroutines an order starts; steps lists their lines.
const itemsPerOrder = 3

func (s *server) priceItems(token string) {
	start := als.Go
	if s.faults.lose {
		start = func(fn func()) { go fn() }
	}
	var priced sync.WaitGroup
	for item := range itemsPerOrder {
		priced.Add(1)
		start(func() {
			defer priced.Done()
			query(token, fmt.Sprintf("price %d", item))
		})
	}
	priced.Wait()
}

// mail leaves the work to a worker that all requests share, which in turn leaves
// the rest of it to a timer.
func (s *server) mail(token string) {
	logWithID(token, "start")
	delivered := make(chan struct{})
	job := func() {
		logWithID(token, "deliver")
		als.AfterFunc(time.Millisecond, func() {
			logWithID(token, "delivered")
			close(delivered)
		})
	}
	if !s.faults.mix {
		job = als.Bind(job) // here, where the request is still the current one
	}
	s.worker.submit(job)
	<-delivered
	logWithID(token, "finish")
}
