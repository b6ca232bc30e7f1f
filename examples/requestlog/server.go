package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// A server answers requests of a kind (later, order or mail) with a token. Apart from
// the token, which is for the check, none of its functions has a parameter that says
// which request it works for.
type server struct {
	faults      faults
	idSeq       atomic.Int64 // the next ID
	connections atomic.Int64 // accepted so far
	worker      *worker
	together    *sync.WaitGroup // if not nil, each request waits until this many have come
}

func newServer(f faults) *server { return &server{faults: f, worker: newWorker()} }

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /later/{token}", s.page(s.later))
	mux.HandleFunc("GET /order/{token}", s.page(s.order))
	mux.HandleFunc("GET /mail/{token}", s.page(s.mail))
	return s.withRequestID(mux)
}

// withRequestID sets the ID of each request as the store of requestID for next and for
// goroutines that next starts. It is the client's ID, if that is plain, or a new one. The
// response has it in a header.
//
// One goroutine serves all requests of a connection. Run removes the ID when next
// returns, so that the next request of the connection does not find it.
func (s *server) withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(idHeader)
		if !plain.MatchString(id) {
			id = strconv.FormatInt(s.idSeq.Add(1)-1, 10)
		}
		w.Header().Set(idHeader, id)
		requestID.Run(id, func() { next.ServeHTTP(w, r) })
	})
}

const idHeader = "X-Request-Id"

// plain matches text that may go into the log: clients must not be able to forge lines.
var plain = regexp.MustCompile(`^[\w-]{1,32}$`)

func (s *server) page(serve func(token string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.together != nil {
			s.together.Done()
			s.together.Wait()
		}
		token := r.PathValue("token")
		if !plain.MatchString(token) {
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

// order calls functions that call others, in several goroutines at a time.
func (s *server) order(token string) {
	logWithID(token, "start")
	loadCart(token)
	s.priceItems(token)
	logWithID(token, "finish")
}

func loadCart(token string) { query(token, "cart") }

func query(token, table string) {
	logWithID(token, "query "+table)
	time.Sleep(time.Millisecond) // the database is at work
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
		//alsvet:ignore start is als.Go, unless it is to go wrong
		start(func() {
			defer priced.Done()
			query(token, fmt.Sprintf("price %d", item))
		})
	}
	priced.Wait()
}

// mail gives the work to a worker that all requests share, and the rest to a timer.
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
	//alsvet:ignore it is bound, unless it is to go wrong
	s.worker.submit(job)
	<-delivered
	logWithID(token, "finish")
}
