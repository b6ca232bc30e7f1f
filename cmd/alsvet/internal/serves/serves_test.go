package serves_test

import (
	"go/ast"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// A goroutine is one go statement, in the declarations of a package, with its verdict.
type goroutine struct {
	source string
	answer serves.Answer
	why    string // is part of the reason
}

func (g goroutine) judge(t *testing.T) serves.Verdict {
	t.Helper()
	actions := sourcetest.Run(t, serves.Analyzer, "package p\n\n"+g.source)
	return judge(t, actions[0])
}

// judge judges the first go statement of a package.
func judge(t *testing.T, action *checker.Action) serves.Verdict {
	t.Helper()
	stmt := sourcetest.Find[*ast.GoStmt](t, action, nil)
	cur, ok := inspector.New(action.Package.Syntax).Root().FindNode(stmt)
	require.True(t, ok)
	return action.Result.(*serves.Judge).Goroutine(cur, stmt.Call.Fun, stmt.Call.Args)
}

// judgeCallback judges the goroutine that runs the last argument of a call.
func judgeCallback(t *testing.T, action *checker.Action, call *ast.CallExpr) serves.Verdict {
	t.Helper()
	cur, ok := inspector.New(action.Package.Syntax).Root().FindNode(call)
	require.True(t, ok)
	return action.Result.(*serves.Judge).Goroutine(cur, call.Args[len(call.Args)-1], nil)
}

func judged(t *testing.T, cases map[string]goroutine) {
	for name, g := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := g.judge(t)
			assert.Equal(t, g.answer, verdict.Answer, verdict.Why)
			if g.why != "" {
				assert.Contains(t, verdict.Why, g.why)
			}
		})
	}
}

const joins = `import "sync"
	type entry struct { n int; done chan bool; wg sync.WaitGroup }
	type cache struct { m map[string]*entry; load func(int) int }
	func (c *cache) fill(e *entry, n int) { e.n = c.load(n); close(e.done) }
	func (c *cache) join(key string) (*entry, bool) {
		if e, ok := c.m[key]; ok { return e, false }
		e := &entry{done: make(chan bool)}
		c.m[key] = e
		return e, true
	}
	`

// Rule 1: started once for all.
func TestStartedOnce(t *testing.T) {
	judged(t, map[string]goroutine{
		"sync.Once": {`import "sync"
			var once sync.Once
			func f(work func()) { once.Do(func() { go work() }) }`,
			serves.Others, "below a sync.Once"},
		"called below a sync.Once": {`import "sync"
			var once sync.Once
			func f() { once.Do(start) }
			func start() { go work() }
			func work() {}`,
			serves.Others, "below a sync.Once"},
		"created or joined": {joins + `func (c *cache) get(key string, n int) int {
				e, first := c.join(key)
				if first { go c.fill(e, n) }
				<-e.done
				return e.n
			}`,
			serves.Others, "c.join"},
		"joined and returned": {joins + `func (c *cache) get(key string, n int) int {
				e, first := c.join(key)
				if !first { <-e.done; return e.n }
				go c.fill(e, n)
				<-e.done
				return e.n
			}`,
			serves.Others, "c.join"},
		"an entry with a WaitGroup": {joins + `func (c *cache) get(key string, n int) int {
				if e := c.m[key]; e != nil { e.wg.Wait(); return e.n }
				e := &entry{}
				e.wg.Add(1)
				c.m[key] = e
				go func() { e.n = c.load(n); e.wg.Done() }()
				e.wg.Wait()
				return e.n
			}`,
			serves.Others, "c.m[key]"},
		"looked up, and never created": {joins + `func (c *cache) look(key string) (*entry, bool) { if e := c.m[key]; e != nil { return e, true }; return nil, false }
			func (c *cache) get(key string, n int) int {
				e, known := c.look(key)
				if !known { e = &entry{done: make(chan bool)}; go c.fill(e, n) }
				<-e.done
				return e.n
			}`,
			serves.Starter, ""},
		"an entry of the call": {joins + `func (c *cache) get(n int) int {
				e := &entry{done: make(chan bool)}
				go c.fill(e, n)
				<-e.done
				return e.n
			}`,
			serves.Starter, ""},
		"a sync.Once below it": {`import "sync"
			type s struct{ once sync.Once }
			func (x *s) f(work func()) { go func() { x.once.Do(work) }() }`,
			serves.Others, "it does nothing but x.once.Do, which all callers share"},
		"nothing but a sync.Once": {`import "sync"
			type s struct{ once sync.Once }
			func (x *s) f(work func()) { go (x.once.Do)(work) }`,
			serves.Others, "it does nothing but x.once.Do, which all callers share"},
		"a sync.Once at its end": {`import "sync"
			type s struct{ once sync.Once }
			func (x *s) f(work func()) { go func() { work(); x.once.Do(func() {}) }() }`,
			serves.Starter, ""},
		"a sync.Once of its own": {`import "sync"
			func f(work func()) { var once sync.Once; go func() { once.Do(work) }() }`,
			serves.Starter, ""},
		"also called elsewhere": {`import "sync"
			var once sync.Once
			func f() { once.Do(setUp); start() }
			func setUp() { start() }
			func start() { go work() }
			func work() {}`,
			serves.Starter, ""},
		"a field, lazily": {`type s struct{ ch chan int }
			func (s *s) get() {
				if s.ch == nil {
					s.ch = make(chan int)
					go s.work()
				}
			}
			func (s *s) work() {}`,
			serves.Others, "guarded by s.ch"},
		"a package variable, with an early return": {`var started bool
			func f() {
				if started { return }
				started = true
				go work()
			}
			func work() {}`,
			serves.Others, "guarded by started"},
		"compare and swap": {`import "sync/atomic"
			type s struct{ on atomic.Bool }
			func (s *s) get() { if s.on.CompareAndSwap(false, true) { go work() } }
			func work() {}`,
			serves.Others, "CompareAndSwap"},
		"a load, and later a store": {`import "sync/atomic"
			type s struct{ on atomic.Bool }
			func (s *s) get() { if s.on.Load() { return }; s.on.Store(true); go work() }
			func work() {}`,
			serves.Others, "guarded by s.on"},
		"a load, and later a store for the end": {`import "sync/atomic"
			type s struct{ closed atomic.Bool }
			func (s *s) stop() { if s.closed.Load() { return }; s.closed.Store(true); go work() }
			func work() {}`,
			serves.Starter, ""},
		"a field of an element": {`type entry struct{ busy bool }
			type s struct{ entries map[int]*entry }
			func (s *s) get(n int) { if e := s.entries[n]; !e.busy { e.busy = true; go work() } }
			func work() {}`,
			serves.Others, "guarded by e.busy"},
		"a field of an element or of a new one": {`type entry struct{ busy bool }
			type s struct{ entries map[int]*entry }
			func (s *s) get(n int) {
				e := s.entries[n]
				if e == nil { e = &entry{} }
				if !e.busy { e.busy = true; go work() }
			}
			func work() {}`,
			serves.Others, "guarded by e.busy"},
		"a mark that it takes away": {`type s struct{ dirty bool }
			func (s *s) flush() { if s.dirty { s.dirty = false; go work() } }
			func work() {}`,
			serves.Others, "guarded by s.dirty"},
		"a mark that it takes away, with an early return": {`type s struct{ dirty bool }
			func (s *s) flush() { if !s.dirty { return }; s.dirty = false; go work() }
			func work() {}`,
			serves.Others, "guarded by s.dirty"},
		"a mark that it takes away, by way of a variable": {`type s struct{ dirty bool }
			func (s *s) flush() { d := s.dirty; s.dirty = false; if d { go work() } }
			func work() {}`,
			serves.Others, "guarded by s.dirty"},
		"a field of a value of the call": {`type entry struct{ busy bool }
			func get(n int) { e := &entry{}; if !e.busy { e.busy = true; go work() } }
			func work() {}`,
			serves.Starter, ""},
		"a case of a switch": {`type s struct{ on bool }
			func (s *s) get() { switch { case !s.on: s.on = true; go work() } }
			func work() {}`,
			serves.Others, "guarded by s.on"},
		"a case of a switch over what is there": {`type s struct{ on bool }
			func (s *s) get() { switch { case s.on: s.on = true; go work() } }
			func work() {}`,
			serves.Starter, ""},
		"a field, by way of a variable": {`type s struct{ on bool }
			func (s *s) get() { first := !s.on; s.on = true; if first { go work() } }
			func work() {}`,
			serves.Others, "guarded by s.on"},
		"a field, by way of a variable, with an early return": {`type s struct{ on bool }
			func (s *s) get() { first := !s.on; s.on = true; if !first { return }; go work() }
			func work() {}`,
			serves.Others, "guarded by s.on"},
		"what is there already, by way of a variable": {`type s struct{ on bool }
			func (s *s) get() { on := s.on; off := !on; s.on = true; if !off { go work() } }
			func work() {}`,
			serves.Starter, ""},
		"a local variable is no guard": {`func f() {
				var started bool
				if !started { started = true; go work() }
			}
			func work() {}`,
			serves.Starter, ""},
		"what is there already is no guard": {`type s struct{ ch chan int }
			func (s *s) get() {
				if s.ch != nil { s.ch = nil; go work() }
			}
			func work() {}`,
			serves.Starter, ""},
	})
}

// Rule 2: the work of others.
func TestWorkOfOthers(t *testing.T) {
	judged(t, map[string]goroutine{
		"ranges over a field": {`type s struct{ jobs chan int }
			func (s *s) start() { go func() { for range s.jobs { } }() }`,
			serves.Others, "ranges over the channel s.jobs"},
		"receives from a package variable": {`var jobs = make(chan int)
			func start() { go func() { for { if <-jobs == 0 { return } } }() }`,
			serves.Others, "receives in a loop from jobs"},
		"in a function that it calls": {`type s struct{ jobs chan int }
			func (s *s) start() { go s.run() }
			func (s *s) run() { for { if !s.one() { return } } }
			func (s *s) one() bool { return <-s.jobs > 0 }`,
			serves.Others, "s.jobs"},
		"reads from a shared connection": {`import "net"
			type s struct{ conn net.Conn; buf []byte }
			func (s *s) start() { go func() { for { if _, err := s.conn.Read(s.buf); err != nil { return } } }() }`,
			serves.Others, "s.conn"},
		"accepts": {`import "net"
			func start(l net.Listener) { go func() { for { c, err := l.Accept(); if err != nil { return }; c.Close() } }() }`,
			serves.Others, "l.Accept"},
		"waits for a condition": {`import "sync"
			type s struct{ cond *sync.Cond }
			func (s *s) start() { go func() { for { s.cond.Wait(); if step() { return } } }() }
			func step() bool { return true }`,
			serves.Others, "s.cond"},
		"waits for its turn": {`import "sync"
			type s struct{ cond *sync.Cond; busy bool }
			func (s *s) start() { go func() { for s.busy { s.cond.Wait() }; s.busy = true }() }`,
			serves.Starter, ""},
		"while a shared condition holds": {`type s struct{ closed bool }
			var step func()
			func (s *s) start() { go func() { for !s.closed { step() } }() }`,
			serves.Others, "s.closed"},
		"spins": {`type s struct{ mark int }
			func (s *s) start() { go func() { for s.mark != 0 { } }() }`,
			serves.Starter, ""},
		"reads through a function": {`import ("io"; "net")
			type s struct{ conn net.Conn }
			func (s *s) start() { go func() {
				buf := make([]byte, 8)
				for { if _, err := io.ReadFull(s.conn, buf); err != nil { return } }
			}() }`,
			serves.Others, "calls ReadFull in a loop on s.conn"},
		"ranges over ticks": {`import "time"
			func start() { go func() { t := time.NewTicker(1); for range t.C { step() } }() }
			func step() {}`,
			serves.Others, "ranges over the channel t.C"},
		"ranges over ticks until it is done": {`import "time"
			func start() { go func() { for range time.Tick(1) { if step() { return } } }() }
			func step() bool { return true }`,
			serves.Starter, ""},
		"a method that ranges over ticks": {`import "time"
			type s struct{ done bool }
			func (s *s) start() { go s.beat() }
			func (s *s) beat() { for range time.Tick(1) { if s.done { return } } }`,
			serves.Others, "time.Tick"},
		"decodes": {`import ("encoding/json"; "net")
			type s struct{ conn net.Conn }
			func (s *s) start() { go func() {
				d := json.NewDecoder(s.conn)
				for { if d.Decode(nil) != nil { return } }
			}() }`,
			serves.Others, "calls Decode in a loop on d"},
		"loads what others wait for, too": {`type s struct{ calls map[string]chan int }
			func (s *s) get(key string) int {
				c := s.calls[key]
				if c == nil {
					c = make(chan int, 1)
					s.calls[key] = c
					go func() { c <- 1 }()
				}
				return <-c
			}`,
			serves.Others, "s.calls[key]"},
		"goes back to its pool": {`type pool struct{ free chan *worker }
			type worker struct{ p *pool; in chan func() }
			func (p *pool) submit(f func()) {
				w := &worker{p: p, in: make(chan func())}
				go w.serve(f)
			}
			func (w *worker) serve(first func()) {
				first()
				for f := range w.in { f(); w.p.free <- w }
			}`,
			serves.Unclear, "w.in"},
		"starts itself again": {`type s struct{ jobs chan func() }
			func (s *s) start() { go s.next() }
			func (s *s) next() { defer recover(); go s.next() }`,
			serves.Others, "starts itself again"},
		"beats": {`import "time"
			func start() { go beat() }
			func beat() { time.AfterFunc(1, beat) }`,
			serves.Others, "starts itself again"},
		"runs a list of hooks": {`type s struct{ hooks []func() }
			func (s *s) start() { go func() { for _, f := range s.hooks { f() } }() }`,
			serves.Unclear, "the functions in s.hooks"},
		"runs a list of hooks for an event": {`type s struct{ hooks []func(string) }
			func (s *s) start(event string) { go func() { for _, f := range s.hooks { f(event) } }() }`,
			serves.Unclear, "the functions in s.hooks"},
		"empties a queue": {`type s struct{ queue []func() }
			func (s *s) start() { go func() { for _, f := range s.queue { f() }; s.queue = nil }() }`,
			serves.Others, "s.queue"},
		"runs what comes through any": {`type s struct{ jobs chan any }
			func (s *s) start() { go func() { for f := range s.jobs { f.(func())() } }() }`,
			serves.Others, "s.jobs"},
		"is the loop of what is returned": {`type group struct{ next chan int }
			func (g *group) Next() int { return <-g.next }
			type reader struct{}
			func newReader() *reader {
				r := &reader{}
				go r.run(&group{next: make(chan int)})
				return r
			}
			func (r *reader) run(g *group) { for { if g.Next() == 0 { return } } }`,
			serves.Unclear, "g.next"},
		"dispatches what it reads": {`import "net"
			type conn struct{ replies chan []byte }
			func open(c net.Conn) *conn {
				result := &conn{replies: make(chan []byte)}
				go result.reader(c)
				return result
			}
			func (c *conn) reader(r net.Conn) {
				for {
					buf := make([]byte, 8)
					if _, err := r.Read(buf); err != nil { return }
					c.replies <- buf
				}
			}`,
			serves.Unclear, "r"},
		"signals in between": {`import "net"
			func start(c net.Conn) (*reader, error) {
				r := &reader{conn: c}
				ready := make(chan error)
				go r.run(ready)
				return r, <-ready
			}
			type reader struct{ conn net.Conn }
			func (r *reader) run(ready chan error) {
				close(ready)
				for { if _, err := r.conn.Read(nil); err != nil { return } }
			}`,
			serves.Unclear, "r.conn"},
		"for ever": {`func start() { go func() { for { step() } }() }
			func step() {}`,
			serves.Others, "loops for ever"},
		"runs what is queued": {`var queue = make(chan func())
			func start() { go func() { f := <-queue; f() }() }`,
			serves.Others, "queue"},
		"serves HTTP": {`import "net/http"
			func start(s *http.Server) { go s.ListenAndServe() }`,
			serves.Others, "ListenAndServe"},
		"a channel of its own": {`func start() {
				jobs := make(chan int)
				go func() { for range jobs { } }()
				jobs <- 1
				close(jobs)
			}`,
			serves.Starter, ""},
		"a counted loop": {`func start(n int) { go func() { for i := 0; i < n; i++ { step() } }() }
			func step() {}`,
			serves.Starter, ""},
		"a loop that is left": {`func start() { go func() { for { if step() { return } } }() }
			func step() bool { return true }`,
			serves.Starter, ""},
		"one value is not work in a loop": {`type s struct{ reply chan int }
			func (s *s) start() { go func() { <-s.reply }() }`,
			serves.Starter, ""},
	})
}

// Accepts is set for goroutines that accept connections, which begin without stores.
func TestAccepts(t *testing.T) {
	server := goroutine{source: `import "net/http"
		func start(s *http.Server) { go s.ListenAndServe() }`}
	assert.True(t, server.judge(t).Accepts)
	worker := goroutine{source: `var jobs = make(chan int)
		func start() { go func() { for range jobs { } }() }`}
	assert.False(t, worker.judge(t).Accepts)

	accept := goroutine{source: `type listener interface{ Accept() (int, error) }
		func start(l listener) { go func() { for { if _, err := l.Accept(); err != nil { return } } }() }`}
	assert.True(t, accept.judge(t).Accepts)
	setting := goroutine{source: `type transport interface{ AcceptProtocol() string; Close(string) }
		func start(t transport) { go func() { for range 2 { t.Close(t.AcceptProtocol()) } }() }`}
	assert.False(t, setting.judge(t).Accepts)
	assert.Equal(t, serves.Starter, setting.judge(t).Answer)

	awaited := goroutine{source: `import ("net"; "net/http")
		func start(s *http.Server, l net.Listener) error { done := make(chan error, 1); go func() { done <- s.Serve(l) }(); return <-done }`}
	assert.Equal(t, serves.Others, awaited.judge(t).Answer)
	assert.True(t, awaited.judge(t).Accepts)
}

// A function that accepts in a loop far below it serves others. What it starts has no stores
// to lose, also if the program waits for the server.
func TestAcceptsFarBelow(t *testing.T) {
	const library = `package library

		import "net"

		func Loop(l net.Listener) { one(l) }
		func one(l net.Listener)  { two(l) }
		func two(l net.Listener)  { three(l) }
		func three(l net.Listener) { four(l) }
		func four(l net.Listener) { for { if _, err := l.Accept(); err != nil { return } } }

		func Retry(dial func() error)  { again(dial) }
		func again(dial func() error)  { more(dial) }
		func more(dial func() error)   { still(dial) }
		func still(dial func() error)  { tries(dial) }
		func tries(dial func() error)  { for { if dial() == nil { return } } }
	`
	for call, accepts := range map[string]bool{"library.Loop(l)": true, "library.Retry(dial)": false} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			actions := sourcetest.Run(t, serves.Analyzer, library, `package p

				import ("net"; "example.com/library")

				func start(l net.Listener, dial func() error) { done := make(chan bool); go func() { `+call+`; close(done) }(); <-done }`)
			verdict := judge(t, actions[1])
			assert.Equal(t, accepts, verdict.Accepts, verdict.Why)
			assert.Equal(t, accepts, verdict.Answer == serves.Others, verdict.Why)
		})
	}
	judged(t, map[string]goroutine{"a pool of a server that is waited for": {`import ("net"; "sync")
		func (s *server) serve() {
			pool := make(chan net.Conn)
			defer close(pool)
			var all sync.WaitGroup
			defer all.Wait()
			all.Add(1)
			go func() { defer all.Done(); for c := range pool { s.talk(c) } }()
			for { c, err := s.l.Accept(); if err != nil { return }; pool <- c }
		}
		type server struct { l net.Listener; talk func(net.Conn) }
		func main() { s := new(server); served := make(chan bool); go func() { s.serve(); served <- true }(); <-served }`,
		serves.NoStores, ""}})
}

// Rule 3: the starter is a server itself.
func TestStartedByServer(t *testing.T) {
	judged(t, map[string]goroutine{
		"in the loop": {`import "net"
			func serve(l net.Listener) error {
				for {
					c, err := l.Accept()
					if err != nil { return err }
					go handle(c)
				}
			}
			func handle(net.Conn) {}`,
			serves.NoStores, ""},
		"a loop over a list": {`type reader interface { HasNext() bool; Next() int }
			type s struct { readers []reader }
			func (s *s) start(n int) {
				for _, r := range s.readers {
					for r.HasNext() { r.Next() }
					go handle(n)
				}
			}
			func handle(int) {}`,
			serves.Starter, ""}, // the inner loop waits, but the outer one ends
		"a loop over what it takes out": {`type remote interface { Tell(int) }
			type s struct { r remote; jobs []int }
			func (s *s) takeAll() []int { all := s.jobs; s.jobs = nil; return all }
			func (s *s) start() { for _, n := range s.takeAll() { s.r.Tell(n); go s.handle(n) } }
			func (s *s) handle(n int) { s.r.Tell(n) }`,
			serves.NoStores, ""},
		"a loop over a channel": {`import "net"
			type s struct { conns chan net.Conn }
			func (s *s) serve() { for c := range s.conns { go handle(c) } }
			func handle(net.Conn) {}`,
			serves.NoStores, ""},
		"a loop that counts": {`type reader interface { HasNext() bool; Next() int }
			type s struct { r reader }
			func (s *s) start(n int) { for i := 0; i < 3; i++ { for s.r.HasNext() { s.r.Next() }; go handle(n) } }
			func handle(int) {}`,
			serves.Starter, ""},
		"below a goroutine that is started in the loop": {`var jobs = make(chan int)
			func init() { w := work; _ = w }
			func work() { for j := range jobs { one(j) } }
			func one(j int) { go step(j) }
			func step(int) {}`,
			serves.Starter, ""}, // work is a value, that others may call
		"with a Run on the way": {`import (
				"net"
				"github.com/seed-1938943e/goroutine/als"
			)
			var user als.Storage[string]
			func serve(l net.Listener) error {
				for {
					c, err := l.Accept()
					if err != nil { return err }
					user.Run("ann", func() { go handle(c) })
				}
			}
			func handle(net.Conn) {}`,
			serves.Starter, ""},
	})
}

// Rules 5 to 8: what ends with its starter, what is given, and what is not known.
func TestServesTheStarter(t *testing.T) {
	judged(t, map[string]goroutine{
		"joined by a WaitGroup": {`import "sync"
			func f(jobs chan int) {
				var wg sync.WaitGroup
				wg.Add(1)
				go func() { defer wg.Done(); for range jobs { } }()
				wg.Wait()
			}`,
			serves.Starter, ""},
		"joined by a channel": {`func f(jobs chan int) {
				done := make(chan bool)
				go func() { for range jobs { }; close(done) }()
				<-done
			}`,
			serves.Starter, ""},
		"a watcher that ends": {`type watcher struct{ events, done chan int }
			func watch(n int) *watcher {
				w := &watcher{events: make(chan int), done: make(chan int)}
				go w.run(n)
				return w
			}
			func (w *watcher) run(n int) { for i := range n { w.events <- i }; close(w.done) }`,
			serves.Starter, ""},
		"a reader of a group, which also sends errors": {`type group struct{ next chan int }
			func (g *group) take() int { return <-g.next }
			func newGroup() *group { return &group{next: make(chan int)} }
			type reader struct{ errors chan int }
			func read() *reader {
				r := &reader{errors: make(chan int)}
				g := newGroup()
				go r.run(g)
				return r
			}
			func (r *reader) run(g *group) {
				for {
					n := g.take()
					if n < 0 { return }
					r.errors <- n
				}
			}`,
			serves.Unclear, "receives in a loop from g.next"},
		"a lister": {`func list(n int) <-chan int {
				out := make(chan int)
				go func() { for i := range n { out <- i }; close(out) }()
				return out
			}`,
			serves.Starter, ""},
		"ranges over what is given": {`func f(jobs chan int) { go func() { for range jobs { } }() }`,
			serves.Unclear, "jobs"},
		"calls what may stay": {`type runner interface{ Run() }
			func f(r runner) { go func() { r.Run() }() }`,
			serves.Unclear, "may run on"},
		"without a starter": {`var _ = func() bool { go work(); return true }()
			func work() {}`,
			serves.Starter, ""},
	})
}

// A function that stays is known as such to the packages that import its package.
func TestFact(t *testing.T) {
	actions := sourcetest.Run(t, serves.Analyzer, `package worker

		type Pool struct{ jobs chan int }

		func (p *Pool) Work() { for range p.jobs { } }

		func (p *Pool) One() { <-p.jobs }

		func (p *Pool) hidden() { for range p.jobs { } }
	`, `package p

		import "example.com/worker"

		func start(p *worker.Pool) { go p.Work() }
	`)
	var facts []string
	for _, fact := range actions[0].AllObjectFacts() {
		facts = append(facts, fact.Object.Name()+": "+fact.Fact.(*serves.Stays).Why)
	}
	require.Len(t, facts, 1)
	assert.Contains(t, facts[0], "Work: it ranges over the channel p.jobs (source.go:5)")

	verdict := judge(t, actions[1])
	assert.Equal(t, serves.Others, verdict.Answer)
	assert.Contains(t, verdict.Why, "it calls p.Work, and it ranges over the channel p.jobs")
}
