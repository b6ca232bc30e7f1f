package alshttp_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/als/alslog"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func panics(v any) http.Handler {
	return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(v) })
}

func TestRecoverSeesTheStoresOfTheRequest(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	kept := alshttp.With(new(als.Storage[string]), idOf)
	h := alshttp.Handler(contextual(panics("no")), alshttp.Recover(func(w http.ResponseWriter, r *http.Request, recovered any) {
		assert.True(t, als.Context() == r.Context())
		assert.Contains(t, string(debug.Stack()), ".panics.func", "where it panicked")
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, recovered, id.Get(), kept.Get())
	}), id, kept)
	s := serve(t, h)
	for _, user := range []string{"1", "2"} {
		resp, err := s.Client().Do(request(t, s, user))
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		assert.NoError(t, err)
		assert.NoError(t, resp.Body.Close())
		assert.Equal(t, http.StatusTeapot, resp.StatusCode)
		assert.Equal(t, "no"+user+user, string(body))
	}
}

func TestALogLineOfAPanicHasTheRequestID(t *testing.T) {
	var out bytes.Buffer
	id := alshttp.NewStore("request ID", idOf)
	text := slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	log := slog.New(alslog.New(text, alslog.Attr("request_id", id)))
	handle(alshttp.Handler(panics(errors.New("no")), id, alshttp.Recover(func(_ http.ResponseWriter, _ *http.Request, recovered any) {
		log.Error("panic", "value", recovered)
	})), "42")
	assert.Equal(t, "level=ERROR msg=panic value=no request_id=42\n", out.String())
}

// A function that makes a store can panic, too. The stores made before are current then.
func TestRecoverOfAPanicInAFunctionThatMakesAStore(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	bad := alshttp.NewStore("bad", func(*http.Request) int { panic("bad") })
	called := 0
	h := alshttp.Handler(panics("not reached"), id, bad, alshttp.Recover(func(_ http.ResponseWriter, _ *http.Request, recovered any) {
		called++
		assert.Equal(t, "bad", recovered)
		assert.Equal(t, "1", id.Get())
		_, ok := bad.GetStore()
		assert.False(t, ok)
	}))
	handle(h, "1")
	assert.Equal(t, 1, called)
}

func TestAnswersToAPanic(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter)
		status int
		body   string
	}{
		"none":       {func(http.ResponseWriter) {}, http.StatusInternalServerError, ""},
		"a header":   {func(w http.ResponseWriter) { w.Header().Set("X-User", "1") }, http.StatusInternalServerError, ""},
		"a status":   {func(w http.ResponseWriter) { w.WriteHeader(http.StatusTeapot) }, http.StatusTeapot, ""},
		"a body":     {func(w http.ResponseWriter) { io.WriteString(w, "body") }, http.StatusOK, "body"},
		"http.Error": {func(w http.ResponseWriter) { http.Error(w, "no", http.StatusBadGateway) }, http.StatusBadGateway, "no\n"},
		"early hints": {
			func(w http.ResponseWriter) { w.WriteHeader(http.StatusEarlyHints) },
			http.StatusInternalServerError, "",
		},
		"Flush": {func(w http.ResponseWriter) { w.(http.Flusher).Flush() }, http.StatusOK, ""},
		"a controller": {
			func(w http.ResponseWriter) { assert.NoError(t, http.NewResponseController(w).Flush()) },
			http.StatusOK, "",
		},
		"Hijack": {func(w http.ResponseWriter) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if assert.NoError(t, err) {
				io.WriteString(conn, "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntea")
				conn.Close()
			}
		}, http.StatusTeapot, "tea"},
	} {
		t.Run(name, func(t *testing.T) {
			var logged bytes.Buffer
			s := httptest.NewUnstartedServer(alshttp.Handler(panics("no"), alshttp.Recover(
				func(w http.ResponseWriter, _ *http.Request, _ any) { c.answer(w) })))
			s.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(&logged, nil), slog.LevelError)
			s.Start()
			resp, err := s.Client().Do(request(t, s, ""))
			require.NoError(t, err)
			body, err := io.ReadAll(resp.Body)
			assert.NoError(t, err)
			resp.Body.Close()
			s.Close()
			assert.Equal(t, c.status, resp.StatusCode)
			assert.Equal(t, c.body, string(body))
			assert.Empty(t, logged.String(), "net/http logs no error")
		})
	}
	w := noWriter{http.Header{}}
	assert.NotPanics(t, func() {
		alshttp.Handler(panics("no"), alshttp.Recover(func(w http.ResponseWriter, _ *http.Request, _ any) {
			assert.ErrorIs(t, http.NewResponseController(w).Flush(), http.ErrNotSupported)
			_, _, err := http.NewResponseController(w).Hijack()
			assert.ErrorIs(t, err, http.ErrNotSupported)
		})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	}, "a writer that can do nothing else")
}

// Panics that fn does not handle, and its own, reach the server.
func TestPanicsThatPassRecover(t *testing.T) {
	again := alshttp.Recover(func(_ http.ResponseWriter, _ *http.Request, recovered any) { panic(fmt.Sprint("again: ", recovered)) })
	assert.Equal(t, "again: no", testkit.Caught(func() { handle(alshttp.Handler(panics("no"), again), "") }))
	bad := alshttp.NewStore("bad", func(*http.Request) int { panic("bad") })
	id := alshttp.NewStore("request ID", idOf)
	assert.Equal(t, "again: bad", testkit.Caught(func() { handle(alshttp.Handler(panics("no"), id, bad, again), "") }))

	never := alshttp.Recover(func(http.ResponseWriter, *http.Request, any) { t.Error("called") })
	assert.Equal(t, http.ErrAbortHandler, testkit.Caught(func() { handle(alshttp.Handler(panics(http.ErrAbortHandler), never), "") }))
	returned := false
	testkit.InGoroutine(func() {
		handle(alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { runtime.Goexit() }), never), "")
		returned = true
	})
	assert.False(t, returned, "Goexit ends the goroutine")
	assert.Empty(t, handle(alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), never), ""))

	goexit := alshttp.Recover(func(http.ResponseWriter, *http.Request, any) { runtime.Goexit() })
	testkit.InGoroutine(func() {
		handle(alshttp.Handler(panics("no"), goexit), "")
		returned = true
	})
	assert.False(t, returned)

	// Values that cannot be compared, and nil.
	var got []any
	collect := alshttp.Recover(func(_ http.ResponseWriter, _ *http.Request, recovered any) { got = append(got, recovered) })
	handle(alshttp.Handler(panics([]int{1}), collect), "")
	handle(alshttp.Handler(panics(nil), collect), "")
	assert.Equal(t, []int{1}, got[0])
	assert.IsType(t, new(runtime.PanicNilError), got[1])
}

func TestTheInnermostRecoverRecovers(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	inner := alshttp.NewStore("inner", idOf)
	answer := func(handler string) alshttp.Option {
		return alshttp.Recover(func(w http.ResponseWriter, _ *http.Request, recovered any) {
			fmt.Fprint(w, handler, recovered, id.Get(), inner.Get())
		})
	}
	nested := func(opts ...alshttp.Option) http.Handler {
		return alshttp.Handler(alshttp.Handler(panics("no"), opts...), id, answer("first"), answer("outer"))
	}
	assert.Equal(t, "outerno1", handle(nested(inner), "1"), "the last of two; the stores of the inner Handler are gone")
	assert.Equal(t, "innerno11", handle(nested(inner, answer("inner")), "1"))
}

// With HTTP/2 and under a TimeoutHandler net/http starts a goroutine for the handler. The
// panic is recovered there.
func TestRecoverOnOtherGoroutines(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	h := alshttp.Handler(panics("no"), id, alshttp.Recover(func(w http.ResponseWriter, _ *http.Request, recovered any) {
		fmt.Fprint(w, recovered, id.Get())
	}))
	for name, h := range map[string]http.Handler{
		"plain":   h,
		"timeout": http.TimeoutHandler(h, time.Minute, ""),
	} {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " http2=", http2), func(t *testing.T) {
				s := httptest.NewUnstartedServer(h)
				s.EnableHTTP2 = http2
				s.StartTLS()
				defer s.Close()
				assert.Equal(t, "no1", get(t, s, "1"))
				assert.Equal(t, "no2", get(t, s, "2"))
			})
		}
	}
}

// After a panic the next request of the connection starts clean.
func TestNothingIsLeftOfARecoveredRequest(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	var left als.Storage[string]
	s := serve(t, alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic(fmt.Sprint(id.Get(), left.Get()))
	}), id, alshttp.Recover(func(w http.ResponseWriter, _ *http.Request, recovered any) {
		fmt.Fprint(w, recovered)
		left.EnterWith("left")
	})))
	for _, want := range []string{"1", "2", "3"} {
		assert.Equal(t, want, get(t, s, want))
	}
}
