package alstrace_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime/trace"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/als/alstrace"
)

// BenchmarkHandler is one request to a handler with one region, on the goroutine of a
// kept connection. The difference to impl=alshttp, which has neither a Recorder nor
// regions, is the cost of recording. With record=off the Recorder is nil; with record=on
// it writes nothing. impl=ctx makes the task and the region by hand, with a ctx and
// without a watch for stuck requests.
//
//	go test -run '^$' -bench Handler ./als/alstrace
func BenchmarkHandler(b *testing.B) {
	store := alshttp.With(requestID, idOf)
	plain := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	region := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { alstrace.StartRegion("r").End() })
	byHand := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ctx, task := trace.NewTask(r.Context(), requestID.Label())
		defer task.End()
		r = r.WithContext(ctx)
		trace.StartRegion(r.Context(), "r").End()
	})
	measure := func(name string, h http.Handler) {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("X-Request-Id", "42")
			w := httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
	measure("impl=alshttp/record=off", alshttp.Handler(plain, store))
	measure("impl=alstrace/record=off", alshttp.Handler((*alstrace.Recorder)(nil).Handler(region), store))
	rec := start(b, alstrace.Options{Slow: time.Hour, Create: func(alstrace.Trace) (io.WriteCloser, error) { return nopCloser{io.Discard}, nil }})
	defer rec.Stop()
	measure("impl=alshttp/record=on", alshttp.Handler(plain, store))
	measure("impl=ctx/record=on", alshttp.Handler(byHand, store))
	measure("impl=alstrace/record=on", alshttp.Handler(rec.Handler(region), store))
}

// BenchmarkRegion is a region inside another, compared with one made from a ctx.
//
//	go test -run '^$' -bench Region ./als/alstrace
func BenchmarkRegion(b *testing.B) {
	measure := func(record string) {
		b.Run("impl=ctx/record="+record, func(b *testing.B) {
			ctx, task := trace.NewTask(context.Background(), "t")
			defer task.End()
			defer trace.StartRegion(ctx, "outer").End()
			b.ReportAllocs()
			for b.Loop() {
				trace.StartRegion(ctx, "r").End()
			}
		})
		b.Run("impl=alstrace/record="+record, func(b *testing.B) {
			defer alstrace.StartRegion("outer").End()
			b.ReportAllocs()
			for b.Loop() {
				alstrace.StartRegion("r").End()
			}
		})
	}
	measure("off")
	rec := start(b, alstrace.Options{Slow: time.Hour, Create: func(alstrace.Trace) (io.WriteCloser, error) { return nopCloser{io.Discard}, nil }})
	defer rec.Stop()
	rec.Run("t", func() { measure("on") })
}
