package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"

	"github.com/seed-1938943e/goroutine/als"
)

// useConnection sends a request for alice and one for bob over one connection. Callbacks
// of httptrace on the caller's goroutine see the caller's store. Those on the connection's
// goroutines, which alice's request has started, see none.
func useConnection(l *sightings) error {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "hello")
	}))
	defer server.Close()
	client := server.Client()
	for _, who := range []string{"alice", "bob"} {
		var err error
		runAs(who, func() { err = request(l, client, server.URL, who) })
		if err != nil {
			return err
		}
	}
	return nil
}

func request(l *sightings, client *http.Client, url, who string) error {
	see := func(where, want, why string) func() {
		return func() { l.add(sighting{"connection", who, where, user.Get(), want, why}) }
	}
	gotConn := see("GotConn", who, "on the caller's goroutine")
	firstByte := see("GotFirstResponseByte", "no user", "on a goroutine of the connection")
	bound := als.Bind(see("GotFirstResponseByte", who, "the same callback, bound"))
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { gotConn() },
		GotFirstResponseByte: func() { firstByte(); bound() },
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body) // or the connection is not used again
	return err
}
