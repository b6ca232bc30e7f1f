package inherit_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/inherit"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A log has the stores that callbacks saw, by the name of the callback.
type log struct {
	mu   sync.Mutex
	seen map[string][]string
}

func (l *log) see(where string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = make(map[string][]string)
	}
	l.seen[where] = append(l.seen[where], place.Get())
}

// trace notes the store that each callback of one request sees.
func (l *log) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:              func(string) { l.see("GetConn") },
		GotConn:              func(httptrace.GotConnInfo) { l.see("GotConn") },
		ConnectStart:         func(string, string) { l.see("ConnectStart") },
		WroteHeaders:         func() { l.see("WroteHeaders") },
		WroteRequest:         func(httptrace.WroteRequestInfo) { l.see("WroteRequest") },
		GotFirstResponseByte: func() { l.see("GotFirstResponseByte") },
	}
}

func (l *log) request(t *testing.T, client *http.Client, url string) {
	ctx := httptrace.WithClientTrace(context.Background(), l.trace())
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	require.NoError(t, err)
	res, err := client.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
}

// Two requests share a connection. Callbacks on the goroutines of the connection see no
// stores, those on the caller's goroutine see the caller's.
func TestConnectionOfHTTPClient(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("HTTP2=%v", http2), func(t *testing.T) {
			var server *httptest.Server
			als.ExecutionContext{}.Run(func() {
				server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					assert.Equal(t, http2, r.ProtoMajor == 2)
				}))
				server.EnableHTTP2 = http2
				if http2 {
					server.StartTLS()
				} else {
					server.Start()
				}
			})
			defer server.Close()
			var l log
			client := server.Client()
			in("alice", func() { l.request(t, client, server.URL) })
			in("bob", func() { l.request(t, client, server.URL) })
			both := []string{"alice", "bob"}
			assert.Equal(t, both, l.seen["GetConn"])
			assert.Equal(t, both, l.seen["GotConn"])
			assert.Equal(t, []string{"alice"}, l.seen["ConnectStart"], "the goroutine that dials is alice's")
			assert.Equal(t, []string{"", ""}, l.seen["GotFirstResponseByte"])
			if http2 { // where each request writes on a goroutine of its own
				assert.Equal(t, both, l.seen["WroteHeaders"])
				assert.Equal(t, both, l.seen["WroteRequest"])
			} else {
				assert.Equal(t, []string{"", ""}, l.seen["WroteHeaders"])
				assert.Equal(t, []string{"", ""}, l.seen["WroteRequest"])
			}
		})
	}
}

// A loggingDriver logs the stores that its methods see.
type loggingDriver struct{ log *log }

func (d loggingDriver) Connect(context.Context) (driver.Conn, error) {
	d.log.see("Connect")
	return loggingConn(d), nil
}
func (d loggingDriver) Driver() driver.Driver { return nil }

type loggingConn struct{ log *log }

func (c loggingConn) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (c loggingConn) Close() error                        { c.log.see("Close"); return nil }
func (c loggingConn) Begin() (driver.Tx, error)           { return c, nil }
func (c loggingConn) Commit() error                       { c.log.see("Commit"); return nil }
func (c loggingConn) Rollback() error                     { return nil }

// OpenDB starts the goroutine that opens connections. That goroutine must not have the
// stores of OpenDB's caller.
func TestDatabase(t *testing.T) {
	var l log
	var db *sql.DB
	in("opener", func() { db = sql.OpenDB(loggingDriver{&l}) })
	defer db.Close()
	db.SetMaxOpenConns(1)
	connect := func() *sql.Conn {
		c, err := db.Conn(context.Background())
		require.NoError(t, err)
		return c
	}
	first := connect()
	assert.Equal(t, []string{""}, l.seen["Connect"])
	// The connection breaks while alice waits for one: connectionOpener opens another.
	got := make(chan *sql.Conn)
	in("alice", func() { go func() { got <- connect() }() })
	testkit.Eventually(t, "alice waits", func() bool { return db.Stats().WaitCount == 1 })
	_ = first.Raw(func(any) error { return driver.ErrBadConn })
	_ = first.Close()
	second := <-got
	assert.Equal(t, []string{"", ""}, l.seen["Connect"], "opened by connectionOpener")
	in("bob", func() {
		tx, err := second.BeginTx(context.Background(), nil)
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
	})
	assert.Equal(t, []string{"bob"}, l.seen["Commit"])
	require.NoError(t, second.Close())
}

type connection struct{ seen chan string }

func (c *connection) loop()       { c.seen <- place.Get() }
func (c *connection) other(int)   { c.seen <- place.Get() }
func (c *connection) deeper()     { go c.child() }
func (c *connection) child()      { c.seen <- place.Get() }
func generic[T any](seen chan T)  { seen <- any(place.Get()).(T) }
func withArguments(c *connection) { c.seen <- place.Get() }

// A goroutine whose function was passed to Detach starts without stores, in every form in
// which a go statement can name the function. So do goroutines that it starts, if it has
// used als.
func TestDetach(t *testing.T) {
	inherit.ForgetDetached(t)
	c := &connection{make(chan string)}
	literal := func() { c.seen <- place.Get() }
	starts := map[string]func(){
		"method":            func() { go c.loop() },
		"with an argument":  func() { go c.other(1) },
		"function":          func() { go withArguments(c) },
		"generic":           func() { go generic(c.seen) },
		"literal":           func() { go literal() },
		"literal, in place": func() { go func() { c.seen <- place.Get() }() },
	}
	see := func(name string) (seen string) {
		in("starter", starts[name])
		return <-c.seen
	}
	for name := range starts {
		assert.Equal(t, "starter", see(name), name)
	}
	inherit.Detach((*connection).loop)
	inherit.Detach(c.other)
	inherit.Detach(withArguments)
	inherit.Detach(generic[string])
	inherit.Detach(literal)
	for name := range starts {
		want := ""
		if name == "literal, in place" {
			want = "starter"
		}
		assert.Equal(t, want, see(name), name)
	}
	in("starter", func() { go func() { c.seen <- place.Get() }() })
	assert.Equal(t, "starter", <-c.seen)

	in("starter", func() { go c.deeper() })
	assert.Equal(t, "starter", <-c.seen)
	inherit.DetachNamed("github.com/seed-1938943e/goroutine/als/inherit_test.(*connection).child")
	in("starter", func() { go c.deeper() })
	assert.Empty(t, <-c.seen)
}

// A detached goroutine may set stores, which the goroutines that it starts inherit.
func TestDetachedGoroutineIsLikeAnyOther(t *testing.T) {
	inherit.ForgetDetached(t)
	loop := func(seen chan string) {
		seen <- place.Get()
		in("own", func() {
			seen <- place.Get()
			go func() { seen <- place.Get() }()
		})
		go func() { seen <- place.Get() }()
	}
	inherit.Detach(loop)
	seen := make(chan string)
	in("starter", func() { go loop(seen) })
	assert.Equal(t, "", <-seen)
	assert.Equal(t, "own", <-seen)
	assert.ElementsMatch(t, []string{"own", ""}, []string{<-seen, <-seen})
}

func TestDetachMisuse(t *testing.T) {
	for _, fn := range []any{nil, 1, (func())(nil)} {
		assert.PanicsWithValue(t, "inherit: Detach: fn is nil or not a function", func() { inherit.Detach(fn) })
	}
	assert.PanicsWithValue(t, "inherit: DetachNamed: name is empty", func() { inherit.DetachNamed("") })
}

// With RevokeOnEnd a goroutine that was not detached, and that a pool keeps, does not see
// a request's store after the request.
func TestRevokeOnEndInAKeptGoroutine(t *testing.T) {
	request := als.New(als.Options[string]{RevokeOnEnd: true})
	ask, seen := make(chan struct{}), make(chan string)
	request.Run("alice", func() {
		go func() {
			for range ask {
				seen <- request.Get()
			}
		}()
		ask <- struct{}{}
		assert.Equal(t, "alice", <-seen)
	})
	request.Run("bob", func() { ask <- struct{}{}; assert.Empty(t, <-seen) })
	close(ask)
}
