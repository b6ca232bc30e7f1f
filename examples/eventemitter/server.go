package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
	"github.com/seed-1938943e/goroutine/examples/internal/hooklog"
	"github.com/seed-1938943e/goroutine/hooks"
)

// current names the connection or request that the caller works for, such as "request 3".
var current als.Storage[string]

// A connection is the async scope in which its requests emit 'close'.
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
	events                []hooklog.Event // of the hook, set at the end
	connections, requests atomic.Int64
	closes                sync.WaitGroup // the 'close' events to come

	mu        sync.Mutex // guards the rest
	sightings []sighting
	conns     []*connection
}

// drive sends three requests to a server that registers listeners in the wrong way, and
// to one that does it in the right way, and prints the sightings. Then it sends as many as
// the options say, and checks all sightings.
func drive(o options, out io.Writer) ([]string, error) {
	wrong, err := serve(options{clients: 1, requests: 3, unbound: true})
	if err != nil {
		return nil, err
	}
	wrong.part().Wrong(out, "the bound listener is registered as it is, and runs in the connection, which emits 'close'")

	right, err := serve(options{clients: 1, requests: 3})
	if err != nil {
		return nil, err
	}
	right.part().Right(out, "the bound listener is bound with hooks.Bind, and runs in the request that registered it")

	many, err := serve(o)
	if err != nil {
		return nil, err
	}
	problems := append(right.problems(), many.problems()...)
	if len(wrong.problems()) == 0 {
		problems = append(problems, "the wrong way went right, so the check shows nothing")
	}
	fmt.Fprintf(out, "\nChecked with %d requests, %d connections, %d calls of listeners, %d events: %s\n",
		many.requests.Load(), many.connections.Load(), len(many.sightings), len(many.events),
		cli.Verdict(problems, "bound listeners saw their request, plain ones the connection"))
	return problems, nil
}

// serve starts a server and its clients, and returns the server with the sightings.
func serve(o options) (*server, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{options: o}
	// The log is not printed here, as it is in examples/dbquery. It leaves out
	// connections, because a client may open one and then not use it.
	log := hooklog.New(nil, "REQUEST", "close")
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
	s.events = log.Events()
	return s, nil
}

// problems returns the problems in the sightings and the log.
func (s *server) problems() []string {
	return append(check(s.sightings, s.clients*s.options.requests), hooklog.Unbalanced(s.events)...)
}

// part returns the sightings, by request.
func (s *server) part() *cli.Part {
	slices.SortStableFunc(s.sightings, func(a, b sighting) int { return strings.Compare(a.request, b.request) })
	var p cli.Part
	for _, saw := range s.sightings {
		should := ""
		if saw.got != saw.want {
			should = saw.want.String()
		}
		p.Add(saw.String(), should)
	}
	return &p
}

type connectionKey struct{}

// connected makes a connection an async resource with a store. The handler finds it in the
// context.Context of the request.
func (s *server) connected(ctx context.Context, _ net.Conn) context.Context {
	c := &connection{name: fmt.Sprintf("connection %d", s.connections.Add(1))}
	current.Run(c.name, func() { c.AsyncResource = hooks.NewAsyncResource("CONNECTION") })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = append(s.conns, c)
	return context.WithValue(ctx, connectionKey{}, c)
}

// serve gives each request its name, and makes it emit 'close'.
func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	c := r.Context().Value(connectionKey{}).(*connection)
	req := &incoming{name: fmt.Sprintf("request %d", s.requests.Add(1))}
	hangUp := r.URL.Path == "/hangup"

	// context.AfterFunc starts a goroutine when the context of the request is done. The
	// function enters the scope of the connection there.
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

// handle is Node's handler. The connection is for the check.
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
		<-r.Context().Done() // until the client hangs up
	}
}

// see records the context that the caller is in, and the one that it should be in.
func (s *server) see(listener, request, how string, want place) {
	saw := sighting{listener: listener, request: request, how: how, want: want, goroutine: goroutine.ID()}
	saw.got = place{current.Get(), hooks.ExecutionAsyncID(), hooks.TriggerAsyncID()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sightings = append(s.sightings, saw)
}
