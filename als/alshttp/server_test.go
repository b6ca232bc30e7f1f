package alshttp_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The deadline is reached while the handler waits for the test, which waits for the
// answer that only the deadline gives.
func TestAHandlerThatTimedOutKeepsItsStoresUntilItEnds(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	answered, seen := make(chan struct{}), make(chan string, 1)
	late := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, deadline := als.Context().Deadline()
		<-answered
		_, err := w.Write([]byte("too late"))
		seen <- fmt.Sprint(id.Get(), deadline, als.Context().Err(), err)
	})
	s := serve(t, http.TimeoutHandler(alshttp.Handler(late, id), time.Millisecond, "timeout"))
	assert.Equal(t, "timeout", get(t, s, "1"))
	close(answered)
	assert.Equal(t, "1true context deadline exceeded http: Handler timeout", <-seen)
}

func TestStoresUnderATimeoutHandler(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, id.Get()) })
	s := serve(t, alshttp.Handler(http.TimeoutHandler(alshttp.Handler(h, id), time.Minute, ""), id))
	for _, want := range []string{"1", "2"} {
		assert.Equal(t, want, get(t, s, want))
	}
}

func TestTheAmbientContextEndsWithTheConnection(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan error)
	s := serve(t, alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(begun)
		<-als.Context().Done()
		ended <- als.Context().Err()
	})))
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	require.NoError(t, err)
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: test\r\n\r\n")
	<-begun
	conn.Close()
	assert.ErrorContains(t, <-ended, "canceled")
}

// hijacked answers each line of a connection with the stores: the first line in the
// handler, the others in a goroutine that outlives it.
func hijacked(t *testing.T, id, kept *alshttp.Store[string]) (h http.Handler, returned chan struct{}) {
	returned = make(chan struct{})
	inner := alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, buf, err := w.(http.Hijacker).Hijack()
		if !assert.NoError(t, err) {
			return
		}
		fmt.Fprint(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: lines\r\n\r\n")
		answer := func() bool {
			_, err := buf.ReadString('\n')
			fmt.Fprintf(conn, "%s %s %t\n", id.Get(), kept.Get(), als.Context() != context.Background())
			return err == nil
		}
		answer()
		als.Go(func() {
			defer conn.Close()
			<-returned
			for answer() {
			}
		})
	}), id, kept)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(w, r)
		close(returned)
	}), returned
}

func TestAnUpgradedConnection(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	kept := alshttp.With(new(als.Storage[string]), idOf)
	h, returned := hijacked(t, id, kept)
	s := serve(t, h)
	r := request(t, s, "1")
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", "lines")
	resp, err := s.Client().Do(r)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
	conn := resp.Body.(io.ReadWriteCloser)
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	ask := func() string {
		fmt.Fprintln(conn, "?")
		require.True(t, lines.Scan())
		return lines.Text()
	}
	assert.Equal(t, "1 1 true", ask(), "in the handler")
	<-returned
	assert.Equal(t, " 1 false", ask(), "in a goroutine, after the handler")
	assert.Equal(t, " 1 false", ask())
}

// The two sides of a stream take turns: each line is read before the next is written.
func TestStreamingBodies(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	s := serve(t, alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		assert.NoError(t, control.EnableFullDuplex())
		assert.NoError(t, control.Flush()) // the client waits for the headers
		for lines := bufio.NewScanner(r.Body); lines.Scan(); {
			fmt.Fprintln(w, lines.Text(), id.Get())
			assert.NoError(t, control.Flush())
		}
	}), id))
	for _, sent := range []string{"1", "2"} {
		body, write := io.Pipe()
		r := request(t, s, sent)
		r.Method, r.Body, r.ContentLength = http.MethodPost, body, -1
		resp, err := s.Client().Do(r)
		require.NoError(t, err)
		lines := bufio.NewScanner(resp.Body)
		for i := range 3 {
			fmt.Fprintln(write, i)
			require.True(t, lines.Scan())
			assert.Equal(t, fmt.Sprint(i, " ", sent), lines.Text())
		}
		write.Close()
		assert.False(t, lines.Scan())
		resp.Body.Close()
	}
}

// A file gets into a response by ReadFrom without being copied.
func TestTheMethodsOfAResponseWriterStay(t *testing.T) {
	s := serve(t, alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, flusher := w.(http.Flusher)
		_, hijacker := w.(http.Hijacker)
		_, from := w.(io.ReaderFrom)
		io.Copy(w, strings.NewReader(fmt.Sprint(flusher, hijacker, from)))
	})))
	assert.Equal(t, "true true true", get(t, s, ""))
}
