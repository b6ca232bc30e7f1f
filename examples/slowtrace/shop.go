package main

import (
	"net/http"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/als/alstrace"
)

const idHeader = "X-Request-Id"

// requestID has the ID of the request that the caller works for. Its Label names the
// task of the request.
var requestID = als.New(als.Options[string]{
	Name:  "request",
	Label: func(id string) string { return id },
})

func idOf(r *http.Request) string { return r.Header.Get(idHeader) }

// recording returns the handler of the server, whose requests are tasks of rec.
func recording(rec *alstrace.Recorder, mux http.Handler) http.Handler {
	return alshttp.Handler(rec.Handler(mux), alshttp.With(requestID, idOf))
}

// buy is the handler of an order. It asks the bank in a goroutine that start starts.
func buy(start func(func())) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		paid := make(chan struct{})
		start(func() {
			defer close(paid)
			charge(r.URL.Path)
		})
		inStock()
		<-paid
	})
}

// inStock checks whether the shop has the item.
func inStock() {
	defer alstrace.StartRegion("stock").End()
}

// charge asks the bank, which takes long to answer for salt.
func charge(item string) {
	defer alstrace.StartRegion("bank").End()
	if item == "/salt" {
		alstrace.Log("bank", "asks for a second factor")
		time.Sleep(2 * slow)
	}
}
