package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/seed-1938943e/goroutine/als/alstrace"
)

// slow is how long a request may take.
const slow = 300 * time.Millisecond

// newRecorder returns a Recorder that writes slow requests to a directory.
func newRecorder(dir string, done func(alstrace.Trace, error)) (*alstrace.Recorder, error) {
	return alstrace.Start(alstrace.Options{
		Slow: slow,
		Name: requestID.Label,
		Dir:  dir,
		Done: done,
	})
}

// slowRequest serves two orders, and returns the slow one, read from the trace that was
// written to a directory.
func slowRequest(start func(func()), dir string) (request, error) {
	var written alstrace.Trace
	var failed error
	rec, err := newRecorder(dir, func(t alstrace.Trace, err error) { written, failed = t, err })
	if err != nil {
		return request{}, err
	}
	h := recording(rec, buy(start))
	for _, order := range [][2]string{{"r-42", "/bread"}, {"r-43", "/salt"}} {
		r := httptest.NewRequest(http.MethodPost, order[1], nil)
		r.Header.Set(idHeader, order[0])
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	rec.Stop() // waits until the trace is written
	if failed == nil && written.File == "" {
		failed = errors.New("no request was slow")
	}
	if failed != nil {
		return request{}, failed
	}
	return read(written.File, written.Requests[0].Name)
}
