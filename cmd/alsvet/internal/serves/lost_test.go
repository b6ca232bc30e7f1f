package serves_test

import (
	"go/ast"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// A method that serves one request is no server, whatever the request is called.
func TestServesOneRequest(t *testing.T) {
	const handler = `type responseWriter interface { Reply(int) }
		type message struct{ n int }
		type handler interface { ServeDNS(responseWriter, *message) error; ServeStream(int) error }
		`
	one := goroutine{source: handler + `func ask(h handler, w responseWriter, m *message) {
		done := make(chan error, 1)
		go func() { done <- h.ServeDNS(w, m) }()
		<-done
	}`}.judge(t)
	assert.False(t, one.Accepts)
	assert.Equal(t, serves.Starter, one.Answer, one.Why)
	many := goroutine{source: handler + `func start(h handler) { go h.ServeStream(1) }`}.judge(t)
	assert.True(t, many.Accepts)
}

// What watches may go on, although it is given a request.
func TestWatchesForARequest(t *testing.T) {
	judged(t, map[string]goroutine{
		"a request": {`type watchRequest struct{}
			type source interface { WatchTopic(*watchRequest) error }
			func start(s source, r *watchRequest) { go s.WatchTopic(r) }`, serves.Unclear, "may run on"},
		"a name": {`type source interface { WatchTopic(string) error }
			func start(s source, name string) { go s.WatchTopic(name) }`, serves.Unclear, "may run on"},
	})
}

// A goroutine that gives back its place in a semaphore does not wait: its starter took the place.
func TestSemaphoreInField(t *testing.T) {
	const s = `type s struct { places chan struct{}; r remote }
		`
	judged(t, withRemote(map[string]goroutine{
		"taken by the starter": {s + `func (s *s) ask(n int) {
				s.places <- struct{}{}
				go func() { defer func() { <-s.places }(); s.r.Tell(n) }()
			}`, serves.Starter, ""},
		"taken or given up": {`import "context"
			` + s + `func (s *s) ask(ctx context.Context, n int) {
				select { case s.places <- struct{}{}: case <-ctx.Done(): return }
				go func() { s.r.Tell(n); <-s.places }()
			}`, serves.Starter, ""},
		"by methods": {s + `func (s *s) acquire() { s.places <- struct{}{} }
			func (s *s) release() { <-s.places }
			func (s *s) ask(n int) { s.acquire(); go func() { defer s.release(); s.r.Tell(n) }() }`, serves.Starter, ""},
		"no semaphore": {s + `func (s *s) end() { s.places <- struct{}{} }
			func (s *s) ask(n int) { go func() { <-s.places; s.r.Tell(n) }() }`, serves.Unclear, "waits for s.places"},
	}))
}

// The value that a call returns after a given one is not the next value that others send.
func TestAsksForTheNext(t *testing.T) {
	judged(t, map[string]goroutine{
		"a version": {`type source interface { Next(version uint) (uint, error) }
			type c struct { s source }
			func (c *c) start(from uint) { go func() { for { next, err := c.s.Next(from); if err != nil { return }; from = next } }() }`, serves.Unclear, "loops"},
		"of a stream": {`type stream interface { Next() (uint, error) }
			type c struct { s stream }
			func (c *c) start() { go func() { for { if _, err := c.s.Next(); err != nil { return } } }() }`, serves.Others, "Next"},
	})
}

// A function that is given a channel and ranges over it waits for the goroutine that sends to it.
func TestDrainedByACall(t *testing.T) {
	const source = `type c struct { stop chan bool; r remote }
		func (c *c) produce(ch chan int) {
			defer close(ch)
			for { select { case <-c.stop: return; default: c.r.Tell(1); ch <- 1 } }
		}
		`
	judged(t, withRemote(map[string]goroutine{
		"ranged over": {source + `func (c *c) run() { ch := make(chan int); go c.produce(ch); c.consume(ch) }
			func (c *c) consume(ch chan int) { for range ch { } }`, serves.Unclear, "runs until c.stop ends it"},
		"on another goroutine": {source + `func (c *c) run() { ch := make(chan int); go c.produce(ch); c.consume(ch) }
			func (c *c) consume(ch chan int) { go func() { for range ch { } }() }`, serves.Others, "runs until c.stop ends it"},
	}))
}

// A loop of another package that is given a handler runs the handler for the starter.
func TestHandlerOfAnotherPackage(t *testing.T) {
	for name, test := range map[string]struct {
		start string
		idle  bool
	}{
		"a handler":  {`func start(c *lib.Conn, h lib.Handler) { go c.Run(h) }`, false},
		"a function": {`func start(c *lib.Conn, f func(int)) { go c.Each(f) }`, false},
		"a number":   {`func start(c *lib.Conn) { go c.Count(1) }`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actions := sourcetest.Run(t, serves.Analyzer, `package lib
				type Handler interface { HandleNumber(int) }
				type Conn struct { numbers chan int; h Handler }
				func (c *Conn) Run(h Handler) { for n := range c.numbers { h.HandleNumber(n) } }
				func (c *Conn) Each(f func(int)) { for n := range c.numbers { f(n) } }
				type remote interface{ Tell(int) }
				var r remote
				func (c *Conn) Count(int) { for n := range c.numbers { r.Tell(n) } }`,
				"package p\nimport \"example.com/lib\"\n"+test.start)
			verdict := judge(t, actions[1])
			assert.Equal(t, serves.Others, verdict.Answer, verdict.Why)
			assert.Equal(t, test.idle, verdict.Idle)
		})
	}
}

// A goroutine that walks a tree starts itself again. What it starts belongs to the caller of the walk.
func TestBelowATree(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"a node": {`type w struct { r remote }
			func (w *w) load(n int) { go w.r.Tell(n) }
			func (w *w) walk(n int) { w.load(n); for i := range n { go w.walk(i) } }
			func (w *w) Walk(n int) { go w.walk(n) }`, serves.Starter, ""},
		"a timer that sets itself again": {`import "time"
			type w struct { r remote }
			func (w *w) load(n int) { go w.r.Tell(n) }
			func (w *w) expire() { w.load(1); time.AfterFunc(1, w.expire) }
			func (w *w) Start() { time.AfterFunc(1, w.expire) }`, serves.NoStores, ""},
		"a loop that starts again": {`type w struct { r remote; numbers chan int }
			func (w *w) load(n int) { go w.r.Tell(n) }
			func (w *w) loop() { for n := range w.numbers { w.load(n) }; go w.loop() }
			func (w *w) Start() { go w.loop() }`, serves.NoStores, ""},
	}))
}

// A call that returns the result of the function that it is given waits for the function.
func TestReturnsTheResult(t *testing.T) {
	for name, test := range map[string]struct {
		method string
		call   string
		idle   bool
	}{
		"a result": {`Do(string, func() (int, error)) (int, error)`, `func (s *s) load() { s.g.Do("x", func() (int, error) { return s.r.Load("x") }) }`, false},
		"nothing":  {`Do(string, func())`, `func (s *s) load() { s.g.Do("x", func() { s.r.Load("x") }) }`, true},
		"an error": {`Do(string, func() error) error`, `func (s *s) load() { s.g.Do("x", func() error { _, err := s.r.Load("x"); return err }) }`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actions := sourcetest.Run(t, serves.Analyzer, "package p\n"+remote+`
				type group interface { `+test.method+` }
				type s struct { r remote; g group }
				`+test.call)
			call := sourcetest.Find(t, actions[0], func(call *ast.CallExpr) bool { return len(call.Args) == 2 })
			verdict := judgeCallback(t, actions[0], call)
			assert.Equal(t, serves.Unclear, verdict.Answer, verdict.Why)
			assert.Equal(t, test.idle, verdict.Idle, verdict.Why)
		})
	}
}

// A literal that a function keeps in a field may be called for another caller.
func TestKeptByAFunction(t *testing.T) {
	const s = `type s struct { again func(); r remote }
		`
	judged(t, withRemote(map[string]goroutine{
		"kept": {s + `func (s *s) ask(n int) { again := func() { go s.r.Tell(n) }; s.keep(again) }
			func (s *s) keep(f func()) { s.again = f }`, serves.Unclear, "is kept"},
		"called": {s + `func (s *s) ask(n int) { again := func() { go s.r.Tell(n) }; s.call(again) }
			func (s *s) call(f func()) { f() }`, serves.Starter, ""},
	}))
}
