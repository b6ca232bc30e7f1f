package alshttp_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A recorder records the stores and the goroutines of the callbacks of a request.
type recorder struct {
	user  *als.Storage[string]
	wrote chan struct{} // a value for each request that has been written

	mu         sync.Mutex
	saw        map[string][]string // by callback
	goroutines map[uint64]bool
}

func newRecorder(user *als.Storage[string]) *recorder {
	return &recorder{user: user, wrote: make(chan struct{}, 10), saw: make(map[string][]string), goroutines: make(map[uint64]bool)}
}

func (r *recorder) see(callback string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.saw[callback] = append(r.saw[callback], r.user.Get())
	r.goroutines[goroutine.ID()] = true
}

func (r *recorder) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:              func(string) { r.see("GetConn") },
		GotConn:              func(httptrace.GotConnInfo) { r.see("GotConn") },
		GotFirstResponseByte: func() { r.see("GotFirstResponseByte") },
		ConnectStart:         func(string, string) { r.see("ConnectStart") },
		ConnectDone:          func(string, string, error) { r.see("ConnectDone") },
		Got1xxResponse: func(int, textproto.MIMEHeader) error {
			r.see("Got1xxResponse")
			return nil
		},
		WroteHeaders: func() { r.see("WroteHeaders") },
		WroteRequest: func(httptrace.WroteRequestInfo) {
			r.see("WroteRequest")
			r.wrote <- struct{}{}
		},
	}
}

// body returns a body that records the stores of the goroutine that reads it.
func (r *recorder) body(text string) io.ReadCloser {
	return &recordedBody{strings.NewReader(text), r}
}

type recordedBody struct {
	io.Reader
	r *recorder
}

func (b *recordedBody) Read(p []byte) (int, error) { b.r.see("Read"); return b.Reader.Read(p) }
func (b *recordedBody) Close() error               { b.r.see("Close"); return nil }

func TestCallbacksRunInTheContextOfTheSender(t *testing.T) {
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		io.Copy(w, r.Body)
	}))
	client := &http.Client{Transport: alshttp.Transport(s.Client().Transport)}
	var user als.Storage[string]
	for _, name := range []string{"alice", "bob"} {
		rec := newRecorder(&user)
		r := request(t, s, name)
		r = r.WithContext(httptrace.WithClientTrace(r.Context(), rec.trace()))
		r.Method, r.Body, r.ContentLength = http.MethodPost, rec.body("text"), 4
		user.Run(name, func() { assert.Equal(t, "text", answer(t, client, r)) })
		<-rec.wrote

		want := []string{"GetConn", "GotConn", "GotFirstResponseByte", "Got1xxResponse", "WroteHeaders", "WroteRequest", "Read", "Close"}
		if name == "alice" {
			want = append(want, "ConnectStart", "ConnectDone")
		}
		for _, callback := range want {
			assert.NotEmpty(t, rec.saw[callback], callback)
		}
		for callback, saw := range rec.saw {
			if callback != "Read" && callback != "Close" {
				assert.Len(t, saw, 1, callback)
			}
			for _, store := range saw {
				assert.Equal(t, name, store, callback)
			}
		}
		assert.Greater(t, len(rec.goroutines), 1, "they are called on other goroutines")
	}
}

func TestTheHooksOfAContextAreCalledOnce(t *testing.T) {
	s := serve(t, http.NotFoundHandler())
	var user als.Storage[string]
	outer, inner := newRecorder(&user), newRecorder(&user)
	ctx := httptrace.WithClientTrace(context.Background(), outer.trace())
	ctx = httptrace.WithClientTrace(ctx, inner.trace())
	client := &http.Client{Transport: alshttp.Transport(alshttp.Transport(s.Client().Transport))}
	user.Run("alice", func() { answer(t, client, request(t, s, "").WithContext(ctx)) })
	for _, rec := range []*recorder{outer, inner} {
		<-rec.wrote
		assert.Equal(t, []string{"alice"}, rec.saw["GetConn"])
		assert.Equal(t, []string{"alice"}, rec.saw["ConnectStart"])
		assert.Equal(t, []string{"alice"}, rec.saw["WroteRequest"])
	}
}

// A redirect with 307 needs the body again.
func TestGetBodyRunsInTheContextOfTheSender(t *testing.T) {
	var mux http.ServeMux
	mux.Handle("/", http.RedirectHandler("/there", http.StatusTemporaryRedirect))
	mux.HandleFunc("/there", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	s := serve(t, &mux)
	var user als.Storage[string]
	rec := newRecorder(&user)
	r := request(t, s, "")
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), rec.trace()))
	r.Method, r.Body, r.ContentLength = http.MethodPost, rec.body("text"), 4
	r.GetBody = func() (io.ReadCloser, error) { rec.see("GetBody"); return rec.body("text"), nil }
	client := &http.Client{Transport: alshttp.Transport(s.Client().Transport)}
	user.Run("alice", func() { assert.Equal(t, "text", answer(t, client, r)) })
	<-rec.wrote
	<-rec.wrote // the redirected one
	for callback, saw := range rec.saw {
		for _, store := range saw {
			assert.Equal(t, "alice", store, callback)
		}
	}
	assert.NotEmpty(t, rec.saw["GetBody"])

	// The base may be called on any goroutine.
	var passed *http.Request
	spy := roundTripper(func(r *http.Request) (*http.Response, error) { passed = r; return nil, io.EOF })
	user.Run("bob", func() { alshttp.Transport(spy).RoundTrip(r) })
	clear(rec.saw)
	testkit.InGoroutine(func() {
		body, err := passed.GetBody()
		assert.NoError(t, err)
		io.ReadAll(body)
		body.Close()
	})
	assert.Equal(t, map[string][]string{"GetBody": {"bob"}, "Read": {"bob", "bob"}, "Close": {"bob"}}, rec.saw)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Many users share connections, whose goroutines call the hooks.
func TestUsersOfOneTransportAreNotMixedUp(t *testing.T) {
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, idOf(r)) }))
	var user als.Storage[string]
	client := &http.Client{Transport: alshttp.Transport(s.Client().Transport, alshttp.Header("X-Request-Id", user.Get))}
	var all sync.WaitGroup
	for i := range 8 {
		name := fmt.Sprint("user ", i)
		all.Add(1)
		go user.Run(name, func() {
			defer all.Done()
			for range 10 {
				rec := newRecorder(&user)
				r, err := http.NewRequestWithContext(httptrace.WithClientTrace(context.Background(), rec.trace()), http.MethodGet, s.URL, nil)
				assert.NoError(t, err)
				assert.Equal(t, name, answer(t, client, r))
				rec.mu.Lock()
				for callback, saw := range rec.saw {
					assert.NotContains(t, strings.ReplaceAll(strings.Join(saw, ""), name, ""), "user", callback)
				}
				rec.mu.Unlock()
			}
		})
	}
	all.Wait()
}

func TestARequestWithoutCallbacksIsPassedOnUnchanged(t *testing.T) {
	var passed *http.Request
	spy := roundTripper(func(r *http.Request) (*http.Response, error) { passed = r; return nil, io.EOF })
	t1 := alshttp.Transport(spy, alshttp.Header("X-User", func() string { return "" }))
	var user als.Storage[string]
	file, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer file.Close()
	user.Run("alice", func() {
		for _, body := range []io.Reader{nil, http.NoBody, struct{ io.Reader }{new(bytes.Buffer)}, file} {
			r := httptest.NewRequest(http.MethodPost, "/", body)
			r.GetBody = nil
			if _, custom := body.(struct{ io.Reader }); custom {
				t1.RoundTrip(r)
				assert.NotSame(t, r, passed, "a reader of the program's own")
				continue
			}
			if body == io.Reader(file) {
				r.Body = file
			}
			t1.RoundTrip(r)
			assert.Same(t, r, passed, "%T", body)
		}
		for _, body := range []io.Reader{bytes.NewReader([]byte("b")), strings.NewReader("s"), bytes.NewBufferString("b")} {
			r, err := http.NewRequest(http.MethodPost, "http://localhost", body)
			require.NoError(t, err)
			t1.RoundTrip(r)
			assert.Equal(t, r.Body, passed.Body, "in memory")
			assert.NotNil(t, passed.GetBody)
		}
	})
	r := httptest.NewRequest(http.MethodPost, "/", struct{ io.Reader }{new(bytes.Buffer)})
	t1.RoundTrip(r)
	assert.Same(t, r, passed, "no stores")
}

// Every hook of httptrace.ClientTrace, also those that a later release adds.
func TestAllHooksAreBound(t *testing.T) {
	var user als.Storage[string]
	calls := 0
	var trace httptrace.ClientTrace
	fields := reflect.ValueOf(&trace).Elem()
	for i := range fields.NumField() {
		fields.Field(i).Set(reflect.MakeFunc(fields.Field(i).Type(), func([]reflect.Value) (results []reflect.Value) {
			calls++
			assert.Equal(t, "alice", user.Get(), fields.Type().Field(i).Name)
			for j := range fields.Field(i).Type().NumOut() {
				results = append(results, reflect.Zero(fields.Field(i).Type().Out(j)))
			}
			return results
		}))
	}
	spy := roundTripper(func(r *http.Request) (*http.Response, error) {
		testkit.InGoroutine(func() {
			bound := reflect.ValueOf(httptrace.ContextClientTrace(r.Context())).Elem()
			for i := range bound.NumField() {
				var args []reflect.Value
				for j := range bound.Field(i).Type().NumIn() {
					args = append(args, reflect.Zero(bound.Field(i).Type().In(j)))
				}
				bound.Field(i).Call(args)
			}
		})
		return nil, io.EOF
	})
	user.Run("alice", func() {
		ctx := httptrace.WithClientTrace(context.Background(), &trace)
		alshttp.Transport(spy).RoundTrip(httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx))
	})
	assert.Equal(t, fields.NumField(), calls)
}

func TestIdleConnectionsCanBeClosed(t *testing.T) {
	c := &closer{}
	(&http.Client{Transport: alshttp.Transport(c)}).CloseIdleConnections()
	assert.True(t, c.closed)
	assert.NotPanics(t, (&http.Client{Transport: alshttp.Transport(roundTripper(nil))}).CloseIdleConnections)
}

type closer struct {
	http.RoundTripper
	closed bool
}

func (c *closer) CloseIdleConnections() { c.closed = true }

func TestTheDefaultTransportIsTheDefault(t *testing.T) {
	s := serve(t, http.NotFoundHandler())
	assert.Equal(t, "404 page not found\n", answer(t, &http.Client{Transport: alshttp.Transport(nil)}, request(t, s, "")))
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}
