package alshttp_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
	"weak"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/als/alstest"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheBaseRunsWithoutStores(t *testing.T) {
	var user als.Storage[string]
	fail := false
	tr := alshttp.Transport(roundTripper(func(*http.Request) (*http.Response, error) {
		_, ok := user.GetStore()
		assert.False(t, ok)
		assert.True(t, als.Context() == context.Background())
		user.EnterWith("base")
		if fail {
			panic("base")
		}
		return nil, io.EOF
	}))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	als.RunContext(t.Context(), func() {
		user.Run("alice", func() {
			_, err := tr.RoundTrip(r)
			assert.Equal(t, io.EOF, err)
			assert.Equal(t, "alice", user.Get())
			fail = true
			assert.Equal(t, "base", testkit.Caught(func() { tr.RoundTrip(r) }))
			assert.Equal(t, "alice", user.Get())
			assert.True(t, als.Context() == t.Context())
		})
	})
}

// A seer records the store of its caller at each named event.
type seer struct {
	user *als.Storage[string]
	mu   sync.Mutex
	saw  map[string]string
}

func (s *seer) see(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saw[what] = s.user.Get()
}

// carried also records the store that a context carries.
func (s *seer) carried(what string, ctx context.Context) {
	s.see(what)
	if c, ok := als.FromContext(ctx); ok {
		c.Run(func() { s.see(what + ", carried") })
	}
}

type seenConn struct {
	net.Conn
	s *seer
}

func (c seenConn) Read(p []byte) (int, error)  { c.s.see("Conn.Read"); return c.Conn.Read(p) }
func (c seenConn) Write(p []byte) (int, error) { c.s.see("Conn.Write"); return c.Conn.Write(p) }

// Neither the goroutines of a connection nor the functions of an http.Transport have
// the stores of a request. Those that get its context can take them from there.
func TestConnectionsInheritNoStores(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprint("http2=", http2), func(t *testing.T) {
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
			server.Config.ErrorLog = quiet
			server.EnableHTTP2 = http2
			server.StartTLS()
			defer server.Close()
			ask := func(wrap func(http.RoundTripper) http.RoundTripper) map[string]string {
				seen := &seer{user: new(als.Storage[string]), saw: make(map[string]string)}
				base := server.Client().Transport.(*http.Transport).Clone()
				defer base.CloseIdleConnections()
				base.Proxy = func(r *http.Request) (*url.URL, error) {
					seen.carried("Proxy", r.Context())
					return nil, nil
				}
				base.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
					seen.carried("DialContext", ctx)
					conn, err := new(net.Dialer).DialContext(ctx, network, addr)
					return seenConn{conn, seen}, err
				}
				base.TLSClientConfig.VerifyConnection = func(tls.ConnectionState) error {
					seen.see("VerifyConnection")
					return nil
				}
				client := &http.Client{Transport: wrap(base)}
				seen.user.Run("alice", func() {
					r := request(t, server, "")
					answer(t, client, r.WithContext(als.NewContext(r.Context())))
				})
				seen.mu.Lock()
				defer seen.mu.Unlock()
				return maps.Clone(seen.saw)
			}
			want := map[string]string{
				"Proxy": "", "DialContext": "", "VerifyConnection": "", "Conn.Read": "", "Conn.Write": "",
				"Proxy, carried": "alice", "DialContext, carried": "alice",
			}
			assert.Equal(t, want, ask(func(base http.RoundTripper) http.RoundTripper { return alshttp.Transport(base) }))
			bare := ask(func(base http.RoundTripper) http.RoundTripper { return base })
			assert.Equal(t, "alice", bare["Proxy"], "the control: without the Transport they have")
			if inheriting { // als/inherit detaches only the loops of a connection
				assert.Equal(t, "alice", bare["DialContext"])
			}
		})
	}
}

type ambientKey struct{}

func TestTheAmbientContextIsSent(t *testing.T) {
	var sent *http.Request
	spy := roundTripper(func(r *http.Request) (*http.Response, error) { sent = r; return nil, io.EOF })
	tr := alshttp.Transport(spy, alshttp.AmbientContext())
	mine := context.WithValue(context.Background(), ambientKey{}, "mine")
	bare := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/", nil)
	als.RunContext(mine, func() {
		tr.RoundTrip(bare)
		assert.True(t, sent.Context() == mine)
		assert.True(t, bare.Context() == context.Background(), "the request is not changed")
		tr.RoundTrip(new(http.Request))
		assert.True(t, sent.Context() == mine, "without a context")

		explicit, cancel := context.WithCancel(context.Background())
		defer cancel()
		for _, ctx := range []context.Context{explicit, context.TODO(), context.WithoutCancel(mine)} {
			tr.RoundTrip(bare.WithContext(ctx))
			assert.True(t, sent.Context() == ctx, "an explicit one wins")
		}
		alshttp.Transport(spy).RoundTrip(bare)
		assert.Same(t, bare, sent, "without the option")
	})
	tr.RoundTrip(bare)
	assert.Same(t, bare, sent, "no ambient context")
	als.RunContext(context.Background(), func() { tr.RoundTrip(bare) })
	assert.Same(t, bare, sent)
}

// A request that a server sends ends with the request that it serves.
func TestTheAmbientContextCancelsSentRequests(t *testing.T) {
	arrived := make(chan bool)
	backend := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select { // the client may give up before the test asks
		case arrived <- true:
			<-r.Context().Done()
		case <-r.Context().Done():
		}
	}))
	client := &http.Client{Transport: alshttp.Transport(backend.Client().Transport, alshttp.AmbientContext())}
	failed := make(chan error)
	h := alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		_, err := client.Get(backend.URL)
		failed <- err
	}))
	serveWith := func(ctx context.Context) {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	}

	ctx, cancel := context.WithCancel(context.Background())
	go serveWith(ctx)
	<-arrived
	cancel()
	assert.ErrorIs(t, <-failed, context.Canceled)

	ctx, cancel = context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	go serveWith(ctx)
	select {
	case <-arrived:
		assert.ErrorIs(t, <-failed, context.DeadlineExceeded)
	case err := <-failed: // before it arrived
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	}
}

// A Client with a Timeout makes a context for each request. That counts as explicit.
func TestAClientWithATimeoutMakesItsOwnContexts(t *testing.T) {
	var sent *http.Request
	spy := roundTripper(func(r *http.Request) (*http.Response, error) { sent = r; return nil, io.EOF })
	client := &http.Client{Transport: alshttp.Transport(spy, alshttp.AmbientContext()), Timeout: time.Minute}
	als.RunContext(context.WithValue(context.Background(), ambientKey{}, "mine"), func() {
		client.Get("http://localhost")
		assert.Nil(t, sent.Context().Value(ambientKey{}))
		r, err := http.NewRequestWithContext(als.Context(), http.MethodGet, "http://localhost", nil)
		require.NoError(t, err)
		client.Do(r)
		assert.Equal(t, "mine", sent.Context().Value(ambientKey{}))
	})
}

func TestATransportAllocatesNothing(t *testing.T) {
	if race.Enabled || inheriting {
		t.Skip("the race detector and inheritance allocate")
	}
	base := roundTripper(func(*http.Request) (*http.Response, error) { return nil, nil })
	var user als.Storage[string]
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	tr := alshttp.Transport(base, alshttp.AmbientContext(), alshttp.Header("X-User", func() string { return "" }))
	user.Run("alice", func() {
		assert.Zero(t, testing.AllocsPerRun(100, func() { tr.RoundTrip(r) }))
	})
}

// An idle connection keeps neither the sender's stores nor the context of its last
// request.
func TestAnIdleConnectionKeepsNothingOfItsSender(t *testing.T) {
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RemoteAddr) }))
	base := s.Client().Transport.(*http.Transport)
	client := &http.Client{Transport: alshttp.Transport(base, alshttp.AmbientContext())}
	type secret [9]int
	var user als.Storage[*secret]
	send := func() (string, weak.Pointer[secret], weak.Pointer[secret]) {
		store, value := new(secret), new(secret)
		var addr string
		als.RunContext(context.WithValue(context.Background(), ambientKey{}, value), func() {
			user.Run(store, func() { addr = answer(t, client, request(t, s, "")) })
		})
		return addr, weak.Make(store), weak.Make(value)
	}
	var addr string
	var store, value weak.Pointer[secret]
	testkit.InGoroutine(func() { addr, store, value = send() })
	testkit.Garbage(t, "the sender's store", store)
	testkit.Garbage(t, "the context of the request", value)
	again, _, _ := send()
	assert.Equal(t, addr, again, "the connection has been kept")
}

// A worker that a request started holds none of its stores when the request has ended.
func TestAWorkerOfARequestHoldsNothing(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	if !race.Enabled && goroutine.Pointer() == 0 {
		t.Skip("revoked stores cannot be told from others here")
	}
	end, ended := make(chan bool), make(chan bool)
	t.Run("request", func(t *testing.T) {
		alstest.Check(t)
		handle(alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			als.Go(func() { <-end; close(ended) })
		}), id), "1")
	})
	close(end)
	<-ended
}
