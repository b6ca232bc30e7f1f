package alshttp_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
)

// grow grows the stack of a new goroutine as any server would, so that no benchmark
// includes the growth.
//
//go:noinline
func grow() byte {
	var frame [8 << 10]byte
	return frame[len(grown)]
}

var grown []int

type noWriter struct{ header http.Header }

func (w noWriter) Header() http.Header         { return w.header }
func (w noWriter) Write(b []byte) (int, error) { return len(b), nil }
func (w noWriter) WriteHeader(int)             {}

// BenchmarkHandler is one request to a handler on the goroutine of a kept connection.
// impl=none is the handler alone, and impl=context has the store in r.Context(). The
// difference to impl=none is the cost of a request.
//
//	go test -run '^$' -bench Handler ./als/alshttp
func BenchmarkHandler(b *testing.B) {
	type key struct{}
	from := func(r *http.Request) string { return r.Header.Get("X-Request-Id") }
	revoked := alshttp.NewStore("request ID", from)
	kept := alshttp.With(new(als.Storage[string]), from)
	var seen string
	handler := func(get func(r *http.Request) string) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = get(r) })
	}
	fromContext := handler(func(r *http.Request) string { return r.Context().Value(key{}).(string) })
	withContext := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fromContext.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, from(r))))
	})
	for _, c := range []struct {
		impl string
		http.Handler
	}{
		{"impl=none", handler(from)},
		{"impl=context", withContext},
		{"impl=alshttp/store=none", alshttp.Handler(handler(from))},
		{"impl=alshttp/store=With", alshttp.Handler(handler(func(*http.Request) string { return kept.Get() }), kept)},
		{"impl=alshttp/store=NewStore", alshttp.Handler(handler(func(*http.Request) string { return revoked.Get() }), revoked)},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("X-Request-Id", "42")
		w := noWriter{http.Header{}}
		b.Run(c.impl, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.ServeHTTP(w, r)
			}
			if seen != "42" {
				b.Fatalf("seen %q", seen)
			}
		})
		b.Run(c.impl+"/goroutine=new", func(b *testing.B) { // as with HTTP/2
			b.ReportAllocs()
			done := make(chan struct{})
			for b.Loop() {
				go func() {
					grow()
					c.ServeHTTP(w, r)
					done <- struct{}{}
				}()
				<-done
			}
		})
	}
}

// BenchmarkServer is the same with a server and a client on one kept connection.
//
//	go test -run '^$' -bench Server -count 8 ./als/alshttp
func BenchmarkServer(b *testing.B) {
	id := alshttp.NewStore("request ID", func(r *http.Request) string { return r.Header.Get("X-Request-Id") })
	for _, c := range []struct {
		impl    string
		handler http.Handler
	}{
		{"impl=none", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, r.Header.Get("X-Request-Id"))
		})},
		{"impl=alshttp", alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, id.Get())
		}), id)},
	} {
		b.Run(c.impl, func(b *testing.B) {
			server := httptest.NewServer(c.handler)
			defer server.Close()
			r, err := http.NewRequest(http.MethodGet, server.URL, nil)
			if err != nil {
				b.Fatal(err)
			}
			r.Header.Set("X-Request-Id", "42")
			b.ReportAllocs()
			for b.Loop() {
				resp, err := server.Client().Do(r)
				if err != nil {
					b.Fatal(err)
				}
				if body, _ := io.ReadAll(resp.Body); string(body) != "42" {
					b.Fatalf("answer %q", body)
				}
				resp.Body.Close()
			}
		})
	}
}

// BenchmarkTransport is a request that the base answers at once. The difference to
// impl=none is the cost of a Transport. impl=clone adds the header by hand.
//
//	go test -run '^$' -bench Transport -count 8 ./als/alshttp
func BenchmarkTransport(b *testing.B) {
	base := roundTripper(func(*http.Request) (*http.Response, error) { return nil, nil })
	cloning := roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("X-Request-Id", "42")
		return nil, nil
	})
	var id als.Storage[string]
	for _, c := range []struct {
		impl string
		http.RoundTripper
	}{
		{"impl=none", base},
		{"impl=clone", cloning},
		{"impl=alshttp", alshttp.Transport(base)},
		{"impl=alshttp/option=AmbientContext", alshttp.Transport(base, alshttp.AmbientContext())},
		{"impl=alshttp/option=Header", alshttp.Transport(base, alshttp.Header("X-Request-Id", id.Get))},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept", "text/plain")
		b.Run(c.impl, func(b *testing.B) {
			b.ReportAllocs()
			id.Run("42", func() {
				als.RunContext(b.Context(), func() {
					for b.Loop() {
						c.RoundTrip(r)
					}
				})
			})
		})
	}
}
