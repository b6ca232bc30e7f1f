package alshttp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/stretchr/testify/assert"
)

// nested is a Handler around another one, which has more options.
func nested(between func(http.Handler) http.Handler, more ...alshttp.Option) http.Handler {
	id := alshttp.NewStore("request ID", idOf)
	outerOnly := alshttp.NewStore("outer only", idOf)
	calls := 0
	inner := alshttp.With(id.Storage, func(*http.Request) string { calls++; return "inner" })
	return alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		between(alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, id.Get(), " ", outerOnly.Get(), " ", als.Context() == r.Context(), " ")
		}), append(more, inner)...)).ServeHTTP(w, r)
		fmt.Fprint(w, id.Get(), " ", outerOnly.Get(), " ", als.Context() == r.Context(), " ", calls)
	}), id, outerOnly)
}

func TestAHandlerInsideAnotherAddsOrReuses(t *testing.T) {
	type key struct{}
	for name, between := range map[string]func(http.Handler) http.Handler{
		"nothing": func(h http.Handler) http.Handler { return h },
		"WithContext": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, 1)))
			})
		},
		"Clone": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r.Clone(r.Context())) })
		},
		"StripPrefix": func(h http.Handler) http.Handler { return http.StripPrefix("/", h) },
		"another goroutine": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				done := make(chan struct{})
				als.Go(func() { h.ServeHTTP(w, r); close(done) })
				<-done
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, "inner 1 true 1 1 true 1", handle(nested(between), "1"), "hidden")
			assert.Equal(t, "1 1 true 1 1 true 0", handle(nested(between, alshttp.Reuse()), "1"), "reused")
		})
	}
}

// A goroutine that a request started has its stores. Requests that it serves itself start
// clean.
func TestARequestOnAGoroutineOfAnotherIsClean(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	var left als.Storage[string]
	inner := alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, id.Get(), left.Get())
	}), id, alshttp.Reuse())
	outer := alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		left.EnterWith("left")
		done := make(chan struct{})
		als.Go(func() {
			defer close(done)
			fmt.Fprint(w, handle(inner, "inner"))
		})
		<-done
		fmt.Fprint(w, id.Get(), left.Get())
	}), id)
	assert.Equal(t, "innerouterleft", handle(outer, "outer"))
}

func TestHandlersOfOneServerAreOneAfterTheOther(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	var mux http.ServeMux
	with := alshttp.Middleware(id, alshttp.Reuse())
	mux.Handle("/", with(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, id.Get()) })))
	s := serve(t, with(&mux))
	for _, want := range []string{"1", "2", "3"} {
		assert.Equal(t, want, get(t, s, want))
	}
	assert.Equal(t, "4", handle(with(&mux), "4"))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header = nil
	assert.NotPanics(t, func() { with(&mux).ServeHTTP(httptest.NewRecorder(), r) })
}
