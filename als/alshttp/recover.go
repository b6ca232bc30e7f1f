package alshttp

import (
	"bufio"
	"net"
	"net/http"
)

// Recover returns the option with which a Handler recovers a panic below it, including
// one in a function that makes a store, and calls fn. The stores of the request are
// still current, so fn logs with the request ID, and debug.Stack in fn shows where the
// panic came from.
//
// fn answers the request with w. If it returns without an answer, the client gets a
// 500. fn may panic again, with recovered or with [http.ErrAbortHandler]. Then a response
// that the handler had begun ends early, as in net/http, instead of looking complete. A
// panic in fn is not recovered.
//
// A panic with http.ErrAbortHandler passes without a call of fn, and so does
// [runtime.Goexit]. A panic below an inner Handler reaches fn without the stores of the
// inner one; give that its own Recover. Of several Recover options the last counts.
//
// It costs a deferred call for the handler and one for each store that is made. It
// panics if fn is nil.
func Recover(fn func(w http.ResponseWriter, r *http.Request, recovered any)) Option {
	if fn == nil {
		panic("alshttp: Recover: fn is nil")
	}
	return recoverer(fn)
}

type recoverer func(w http.ResponseWriter, r *http.Request, recovered any)

func (fn recoverer) apply(c *config) { c.recover = fn }

// handle recovers a panic and calls fn. It must be deferred directly.
func (fn recoverer) handle(w http.ResponseWriter, r *http.Request) {
	switch recovered := recover(); recovered {
	case nil: // also in a Goexit
	case http.ErrAbortHandler:
		panic(recovered)
	default:
		a := &answer{ResponseWriter: w}
		fn(a, r, recovered)
		if !a.begun {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}
}

type recoverHandler struct {
	next    http.Handler
	recover recoverer
}

func (h *recoverHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer h.recover.handle(w, r)
	h.next.ServeHTTP(w, r)
}

// An answer is the ResponseWriter of fn. It records whether fn has used it.
type answer struct {
	http.ResponseWriter
	begun bool
}

func (a *answer) WriteHeader(status int) {
	a.begun = a.begun || status >= 200 // a lower status is followed by the final one
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(b)
}

// Flush is http.Flusher's. It does nothing if the ResponseWriter cannot flush.
func (a *answer) Flush() { _ = a.FlushError() }

// FlushError is what an http.ResponseController calls.
func (a *answer) FlushError() error {
	a.begun = true
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Hijack is http.Hijacker's.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buf, err := http.NewResponseController(a.ResponseWriter).Hijack()
	a.begun = a.begun || err == nil
	return conn, buf, err
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
