package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsdebug"
	"github.com/seed-1938943e/goroutine/als/alshttp"
)

// requests are the IDs of those that the program makes. The audited one leaves a
// goroutine behind.
var requests = []string{"r-41", "r-42", "r-43"}

const audited = "r-42"

// A bank does not answer until the program has read the page.
type bank struct {
	asked    chan string // has the ID of a request when that waits
	answered chan struct{}
	answer   func()

	ended  chan struct{} // ends the audits, which in a real program would never end
	audits sync.WaitGroup
}

func newBank() *bank {
	b := &bank{asked: make(chan string, 2*len(requests)), answered: make(chan struct{}), ended: make(chan struct{})}
	b.answer = sync.OnceFunc(func() { close(b.answered) })
	return b
}

// end ends the audits.
func (b *bank) end() {
	close(b.ended)
	b.audits.Wait()
}

func (b *bank) charge(id string) {
	b.asked <- id
	<-b.answered
}

// newShop returns the shop's handler, with the inspector beside it.
func newShop(b *bank, labelled bool) http.Handler {
	options := als.Options[string]{Name: "request", RevokeOnEnd: true}
	if labelled {
		options.Label = func(id string) string { return id }
	}
	requestID := als.New(options)

	pay := func(w http.ResponseWriter, r *http.Request) {
		if requestID.Get() == audited {
			b.audits.Add(1)
			als.Go(func() {
				defer b.audits.Done()
				b.asked <- "audit"
				<-b.ended
			})
		}
		paid := make(chan struct{})
		als.Go(func() {
			defer close(paid)
			b.charge(requestID.Get())
		})
		<-paid
		fmt.Fprintln(w, "paid")
	}

	mux := http.NewServeMux()
	mux.Handle("/debug/als/", alsdebug.Handler()) // in production: on a private listener, or behind a login
	mux.Handle("/pay", alshttp.Handler(http.HandlerFunc(pay), alshttp.With(requestID, func(r *http.Request) string {
		return r.Header.Get("X-Request-Id")
	})))
	return mux
}

// ask sends a request to a handler in this process.
func ask(h http.Handler, id string) {
	r := httptest.NewRequest(http.MethodGet, "/pay", nil)
	r.Header.Set("X-Request-Id", id)
	h.ServeHTTP(httptest.NewRecorder(), r)
}
