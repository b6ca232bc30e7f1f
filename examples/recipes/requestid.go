package main

import (
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"regexp"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/als/alslog"
)

const idHeader = "X-Request-Id"

// requestID has the ID of the request that the caller works for.
var requestID = als.New(als.Options[string]{Name: "request"})

// newLogger returns a logger that adds the request's ID to each record.
func newLogger(w io.Writer, more ...alslog.Option) *slog.Logger {
	return slog.New(alslog.New(slog.NewTextHandler(w, nil),
		alslog.Attr("request", requestID), alslog.Join(more...)))
}

// withRequestID runs next with the request's ID in requestID. The client gets it in the answer's header.
func withRequestID(next http.Handler) http.Handler {
	return alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(idHeader, requestID.Get())
		next.ServeHTTP(w, r)
	}), alshttp.With(requestID, idOf))
}

// idOf returns the ID that the client has sent, or a new one. A client must not be able
// to forge lines of the log, nor to fill it.
func idOf(r *http.Request) string {
	if id := r.Header.Get(idHeader); plainID.MatchString(id) {
		return id
	}
	return rand.Text()
}

var plainID = regexp.MustCompile(`^[\w-]{1,64}$`)
