//alsvet:ignore the goroutines of a soak begin with the stores that it says, or with none
package soak

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/als/alslog"
)

// A web is a server on loopback and its client.
type web struct {
	sent     als.Storage[string]    // by the client, in a header
	received *alshttp.Store[uint64] // by the server, from the header
	server   http.Server
	served   chan struct{}
	client   http.Client
	base     *http.Transport
	url      string
	busy     chan struct{} // has an element for each request in flight
}

const header = "Soak-Request"

// atOnce is the most requests in flight.
const atOnce = 8

func (w *world) serve() (*web, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &web{
		base:   &http.Transport{MaxIdleConnsPerHost: atOnce},
		url:    "http://" + listener.Addr().String(),
		busy:   make(chan struct{}, atOnce),
		served: make(chan struct{}),
	}
	b.received = alshttp.NewStore("request", func(r *http.Request) uint64 {
		id, _ := strconv.ParseUint(r.Header.Get(header), 16, 64)
		return id
	})
	b.client = http.Client{Transport: alshttp.Transport(b.base, alshttp.Header(header, b.sent.Get)), Timeout: time.Minute}
	inner := alshttp.Handler(http.HandlerFunc(w.handle), b.received)
	b.server.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		ended := make(chan struct{})
		defer close(ended)
		inner.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), endedKey{}, ended)))
	})
	go func() {
		defer close(b.served)
		_ = b.server.Serve(listener) // until it is closed
	}()
	return b, nil
}

func (b *web) close() {
	b.base.CloseIdleConnections()
	b.server.Close()
	<-b.served
}

// endedKey is the key of the channel that is closed when the Handler has returned.
type endedKey struct{}

// handle serves a request, in a goroutine that starts with the Handler's stores only.
func (w *world) handle(rw http.ResponseWriter, r *http.Request) {
	g := w.newGoroutine(make([]*grant, len(w.subjects)))
	g.kept = true
	g.note("a request")
	want, _ := strconv.ParseUint(r.Header.Get(header), 16, 64)
	check := func(where string) {
		if id, ok := w.web.received.GetStore(); !ok || id != want {
			g.fault(g.kind(id), "request %x, %s: found %x", want, where, id)
		}
		if als.Context() == context.Background() {
			g.fault(&g.lost, "request %x, %s: no ambient context", want, where)
		}
	}
	check("at the start")
	g.outlives(r.Context().Value(endedKey{}).(chan struct{}))
	g.body(3)
	done := make(chan struct{})
	als.Go(func() { defer close(done); check("in als.Go") })
	<-done
	check("at the end")
	fmt.Fprintf(rw, "%x", w.web.received.Get())
}

// outlives starts a goroutine that checks that it cannot read the stores of the Handler
// after the end of the request.
func (g *goroutine) outlives(ended <-chan struct{}) {
	if !g.enlist() {
		return
	}
	als.Go(func() {
		defer g.discharge()
		<-ended
		if id, ok := g.web.received.GetStore(); ok {
			g.fault(&g.wrong, "request %x can be read after its end", id)
		}
		if als.Context() != context.Background() {
			g.fault(&g.wrong, "the ambient context of a request can be read after its end")
		}
	})
}

// request sends a request, if fewer than atOnce are in flight.
func (g *goroutine) request(int) {
	select {
	case g.web.busy <- struct{}{}:
		defer func() { <-g.web.busy }()
	default:
		return
	}
	id := strconv.FormatUint(g.id(), 16)
	g.web.sent.Run(id, func() {
		resp, err := g.web.client.Get(g.web.url)
		if err != nil {
			g.fault(&g.failed, "a request failed: %v", err)
			return
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			g.fault(&g.failed, "a request failed: %v", err)
			return
		}
		g.requests.Add(1)
		if string(answer) != id {
			g.fault(&g.wrong, "request %s was answered with %s", id, answer)
		}
	})
}

// log checks a read by package alslog.
func (g *goroutine) log(int) {
	g.checkBy(0, " in a log line", func() (id uint64, ok bool) {
		var line logged
		g.logger.InfoContext(context.WithValue(context.Background(), lineKey{}, &line), "soak")
		return line.id, line.ok
	})
}

func newLogger(number subject) *slog.Logger {
	return slog.New(alslog.New(lines{}, alslog.Attr("number", number.(*storage[uint64]).Storage)))
}

// logged is the store in a log line.
type logged struct {
	id uint64
	ok bool
}

type lineKey struct{}

// lines is a handler that passes the store in a line to the logger's caller, through
// the context.
type lines struct{}

func (lines) Enabled(context.Context, slog.Level) bool { return true }

func (lines) Handle(ctx context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "number" {
			*ctx.Value(lineKey{}).(*logged) = logged{a.Value.Uint64(), true}
		}
		return true
	})
	return nil
}

func (l lines) WithAttrs([]slog.Attr) slog.Handler { return l }

func (l lines) WithGroup(string) slog.Handler { return l }
