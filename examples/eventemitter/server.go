package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
	"github.com/seed-1938943e/goroutine/examples/internal/hooklog"
	"github.com/seed-1938943e/goroutine/hooks"
)

// current says for what the caller works, such as "request 3".
var current als.Storage[string]

// A connection is the scope that causes 'close' to be emitted for its requests.
type connection struct {
	*hooks.AsyncResource
	name string
}

// An incoming is a request. It emits 'close'.
type incoming struct {
	EventEmitter
	name string
}

type server struct {
	options
	out                   io.Writer
	connections, requests atomic.Int64
	closes                sync.WaitGroup // the 'close' events to come

	mu        sync.Mutex // guards the rest
	sightings []sighting
	conns     []*connection
}

// drive starts a server, has clients ask it, and checks what the listeners saw.
func drive(o options, out io.Writer) ([]string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{options: o, out: out}
	// The hook prints nothing here; examples/dbquery shows what it would. It leaves
	// out connections, because a client may open one and then not need it.
	log := hooklog.New(io.Discard, "REQUEST", "close")
	log.Start()
	defer log.Stop()
	srv := &http.Server{
		Handler:     http.HandlerFunc(s.serve),
		ConnContext: s.connected,
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()

	err = askAll("http://"+ln.Addr().String(), o.clients, o.requests)
	patience, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err = errors.Join(err, srv.Shutdown(patience)) // no handler runs any more
	if e := <-served; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	if err != nil {
		return nil, err
	}
	s.closes.Wait()
	for _, c := range s.conns {
		c.EmitDestroy()
	}
	log.Stop()

	problems := append(check(s.sightings, o.clients*o.requests), hooklog.Unbalanced(log.Events())...)
	fmt.Fprintf(out, "requests %d, connections %d, listeners called %d times, events %d: %s\n",
		s.requests.Load(), s.connections.Load(), len(s.sightings), len(log.Events()),
		cli.Verdict(problems, "bound listeners saw their request, plain ones the connection"))
	return problems, nil
}

type connectionKey struct{}

// connected makes a connection an async resource, with a store. It becomes known to
// the handler by the context.Context of the request.
func (s *server) connected(ctx context.Context, _ net.Conn) context.Context {
	c := &connection{name: fmt.Sprintf("connection %d", s.connections.Add(1))}
	current.Run(c.name, func() { c.AsyncResource = hooks.NewAsyncResource("CONNECTION") })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = append(s.conns, c)
	return context.WithValue(ctx, connectionKey{}, c)
}

// serve gives each request its name, and has it emit 'close'.
func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	c := r.Context().Value(connectionKey{}).(*connection)
	req := &incoming{name: fmt.Sprintf("request %d", s.requests.Add(1))}
	hangUp := r.URL.Path == "/hangup"

	// This is what a server does that emits events. The function is called in a
	// goroutine of its own, started by whoever finds out that the request is over;
	// it enters the scope of the connection.
	s.closes.Add(1)
	context.AfterFunc(r.Context(), func() {
		defer s.closes.Done()
		c.RunInAsyncScope(func() { req.Emit("close") })
	})

	current.Run(req.name, func() {
		resource := hooks.NewAsyncResource("REQUEST")
		defer resource.EmitDestroy()
		resource.RunInAsyncScope(func() { s.handle(w, r, req, c, hangUp) })
	})
}

// handle is Node's handler. It is told the connection only to have what to compare
// with.
func (s *server) handle(w http.ResponseWriter, r *http.Request, req *incoming, c *connection, hangUp bool) {
	request := place{req.name, 0, hooks.ExecutionAsyncID()}
	emitter := place{c.name, c.AsyncID(), c.TriggerAsyncID()}
	how := "answered"
	if hangUp {
		how = "hung up on"
	}

	var bound *hooks.AsyncResource
	listener := func() {
		want := request
		want.id = bound.AsyncID()
		s.see("bound", req.name, how, want)
		bound.EmitDestroy() // 'close' comes once; Destroy follows this call
	}
	inRequest, bound := hooks.Bind(listener, "close")
	if s.unbound {
		inRequest = listener
	}
	req.On("close", inRequest)
	req.On("close", func() { s.see("plain", req.name, how, emitter) })

	fmt.Fprintln(w, "hello")
	if hangUp {
		http.NewResponseController(w).Flush()
		<-r.Context().Done() // it takes the client's leaving to end this one
	}
}

// see notes where the caller is, and where it should be.
func (s *server) see(listener, request, how string, want place) {
	saw := sighting{listener: listener, request: request, how: how, want: want, goroutine: goroutine.ID()}
	saw.got = place{current.Get(), hooks.ExecutionAsyncID(), hooks.TriggerAsyncID()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sightings = append(s.sightings, saw)
	fmt.Fprintln(s.out, saw)
}
