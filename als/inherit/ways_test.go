package inherit_test

import (
	"bytes"
	"context"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A way is a way to start work in Go. start makes f run once, before or after it returns.
// sees says whose stores f must see: those of the goroutine that starts the work, of the
// one that triggers it, or "none".
type way struct {
	start func(t *testing.T, f func())
	sees  string
}

// place names the goroutine, or the part of a test, that runs.
var place als.Storage[string]

func in(name string, f func()) { place.Run(name, f) }

// ways has one entry for each row of the table in docs/inherit.md.
var ways = map[string]way{
	"`go f()`": {func(t *testing.T, f func()) { go f() }, "starter"},
	"`go` in a goroutine in a goroutine": {func(t *testing.T, f func()) {
		go func() { go func() { go f() }() }()
	}, "starter"},
	"`sync.WaitGroup` with `go`": {func(t *testing.T, f func()) {
		var wg sync.WaitGroup
		wg.Add(1)
		go func() { defer wg.Done(); f() }()
		wg.Wait()
	}, "starter"},
	"`als.Go`, a bound function in `go`": {func(t *testing.T, f func()) {
		bound := als.Bind(f)
		als.Go(func() { als.ExecutionContext{}.Go(bound) })
	}, "starter"},
	"`sync.Once`, `sync.Pool.New`, `slices.SortFunc`, range-over-func": {func(t *testing.T, f func()) {
		sync.OnceFunc(f)()
	}, "starter"},
	"`iter.Pull`": {func(t *testing.T, f func()) {
		next, stop := iter.Pull(func(yield func(int) bool) { f(); yield(1) })
		in("trigger", func() { next() })
		stop()
	}, "starter"},
	"`time.AfterFunc`": {func(t *testing.T, f func()) { time.AfterFunc(0, f) }, "none"},
	"`als.AfterFunc`":  {func(t *testing.T, f func()) { als.AfterFunc(0, f) }, "starter"},
	"`context.AfterFunc`, canceled": {func(t *testing.T, f func()) {
		ctx, cancel := context.WithCancel(context.Background())
		context.AfterFunc(ctx, f)
		in("trigger", cancel)
	}, "trigger"},
	"`context.AfterFunc`, after a deadline": {func(t *testing.T, f func()) {
		for timeout := time.Millisecond; ; timeout *= 2 {
			ctx, cancel := context.WithTimeout(context.Background(), timeout)
			early := make(chan bool, 1)
			context.AfterFunc(ctx, func() {
				defer cancel()
				if <-early {
					f()
				}
			})
			early <- ctx.Err() == nil
			if ctx.Err() == nil {
				return
			}
		}
	}, "none"},
	"`runtime.SetFinalizer`": {func(t *testing.T, f func()) {
		ran := make(chan struct{})
		runtime.SetFinalizer(new([64]*int), func(*[64]*int) { defer close(ran); f() })
		testkit.EventuallyCollected(t, "the finalizer ran", func() bool { return testkit.Closed(ran) })
	}, "none"},
	"`runtime.AddCleanup`": {func(t *testing.T, f func()) {
		ran := make(chan struct{})
		runtime.AddCleanup(new([64]*int), func(f func()) { defer close(ran); f() }, f)
		testkit.EventuallyCollected(t, "the cleanup ran", func() bool { return testkit.Closed(ran) })
	}, "none"},
	"`http.Server`, a handler": {func(t *testing.T, f func()) {
		get(t, serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { f() })))
	}, "starter"},
	"`http.TimeoutHandler`": {func(t *testing.T, f func()) {
		h := http.TimeoutHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { f() }), time.Minute, "")
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	}, "starter"},
	"`http.Transport`, dialling": {func(t *testing.T, f func()) {
		get(t, serve(t, http.NotFoundHandler()), withTransport(&http.Transport{
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				f()
				return new(net.Dialer).DialContext(ctx, network, addr)
			},
		}))
	}, "starter"},
	"`http.Transport`, a connection's own goroutines": {func(t *testing.T, f func()) {
		get(t, serve(t, http.NotFoundHandler()), withTransport(transportThatReads(f)))
	}, "none"},
	"`exec.Cmd`, copying to an `io.Writer`": {func(t *testing.T, f func()) {
		if _, err := exec.LookPath("echo"); err != nil {
			t.Skip("no echo")
		}
		cmd := exec.Command("echo", "x")
		cmd.Stdout = onWrite(sync.OnceFunc(f))
		require.NoError(t, cmd.Run())
	}, "starter"},
	"a worker pool, a task": {func(t *testing.T, f func()) {
		tasks := make(chan func())
		go func() {
			for task := range tasks {
				task()
			}
		}()
		in("trigger", func() { tasks <- f })
		close(tasks)
	}, "starter"},
	"a worker pool, a task that was bound": {func(t *testing.T, f func()) {
		tasks := make(chan func())
		go func() {
			for task := range tasks {
				task()
			}
		}()
		in("trigger", func() { tasks <- als.Bind(f) })
		close(tasks)
	}, "trigger"},
	"`testing.T.Run`": {func(t *testing.T, f func()) { t.Run("subtest", func(*testing.T) { f() }) }, "starter"},
}

func TestWays(t *testing.T) {
	for name, w := range ways {
		t.Run(name, func(t *testing.T) {
			for range 2 { // the second time some have a goroutine from the first
				var got string
				in("starter", func() {
					testkit.Through(func(f func()) { w.start(t, f) }, func() {
						got = "none"
						if s, ok := place.GetStore(); ok {
							got = s
						}
					})
				})
				assert.Equal(t, w.sees, got)
			}
		})
	}
}

// The table in the documentation has a row for each way, and says the same.
func TestTableInDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/inherit.md")
	require.NoError(t, err)
	table, _, _ := strings.Cut(string(page), "Async IDs")
	rows := make(map[string]string)
	for _, line := range strings.Split(table, "\n") {
		if cells := strings.Split(line, " | "); len(cells) == 3 && strings.HasPrefix(line, "| ") {
			rows[strings.TrimPrefix(cells[0], "| ")] = cells[1]
		}
	}
	delete(rows, "work started by")
	for name, w := range waysElsewhere {
		assert.Equal(t, w, rows[name], name)
		delete(rows, name)
	}
	for name, w := range ways {
		assert.Equal(t, w.sees, rows[name], name)
		delete(rows, name)
	}
	assert.Empty(t, rows, "rows without a test")
}

// waysElsewhere are the rows with tests of their own.
var waysElsewhere = map[string]string{
	"`sync.WaitGroup.Go`":                                "starter", // waitgroup_go125_test.go
	"a callback from C, on the caller's thread":          "starter", // internal/cgotest
	"a callback from C, on a thread of C's":              "none",    // internal/cgotest
	"HTTP/2 client, a connection's own goroutine":        "none",    // detach_test.go
	"`httptrace`, callbacks of the connection":           "none",    // detach_test.go
	"`database/sql`, the opener and the cleaner":         "none",    // detach_test.go
	"`database/sql`, a driver's method":                  "starter", // detach_test.go
	"`errgroup.Group.Go`, `singleflight`":                "starter", // examples/inherit
	"a function that you have given to `inherit.Detach`": "none",    // detach_test.go
	"`pprof.Do`, a goroutine before als is used":         "none",    // labels_test.go
	"`pprof.Do`, a goroutine after als was used":         "starter", // labels_test.go
	"`inherit.Do`, any goroutine":                        "starter", // labels_test.go
}

// onWrite is an io.Writer that calls a function.
type onWrite func()

func (w onWrite) Write(p []byte) (int, error) { w(); return len(p), nil }

// serve serves h on loopback until the test ends and returns the URL.
func serve(t *testing.T, h http.Handler) string {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func withTransport(tr *http.Transport) func(*http.Client) {
	return func(c *http.Client) { c.Transport = tr }
}

func get(t *testing.T, url string, options ...func(*http.Client)) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	for _, o := range options {
		o(client)
	}
	defer client.CloseIdleConnections()
	res, err := client.Get(url)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
}

// transportThatReads returns a transport that calls f once from the goroutine that
// reads its connection.
func transportThatReads(f func()) *http.Transport {
	f = sync.OnceFunc(f)
	return &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, addr)
			return connThatReads{c, f}, err
		},
	}
}

type connThatReads struct {
	net.Conn
	f func()
}

func (c connThatReads) Read(p []byte) (int, error) {
	var stack [4096]byte
	if bytes.Contains(stack[:runtime.Stack(stack[:], false)], []byte("readLoop")) {
		c.f()
	}
	return c.Conn.Read(p)
}
