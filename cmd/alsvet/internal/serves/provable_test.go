package serves_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// remote is an interface whose methods could read a store.
const remote = "type remote interface{ Load(string) (int, error); Tell(int) }\n"

func withRemote(cases map[string]goroutine) map[string]goroutine {
	for name, g := range cases {
		imports, rest := "", g.source
		if strings.HasPrefix(rest, "import") {
			imports, rest, _ = strings.Cut(rest, "\n")
		}
		g.source = imports + "\n" + remote + rest
		cases[name] = g
	}
	return cases
}

// A loop that tries again until it succeeds may outlive its starter, however it is written.
func TestRetries(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"goto": {`type s struct{ r remote }
			func (s *s) start(key string) { go s.retry(key) }
			func (s *s) retry(key string) {
			again:
				if _, err := s.r.Load(key); err != nil { goto again }
			}`,
			serves.Unclear, "nothing here shows for how long"},
		"goto forward": {`func start(r remote, key string) { go func() {
				if _, err := r.Load(key); err != nil { goto end }
				r.Tell(1)
			end:
			}() }`,
			serves.Starter, ""},
		"for ever, left on success": {`func start(r remote, key string) { go func() {
				for { if _, err := r.Load(key); err == nil { return } }
			}() }`,
			serves.Unclear, "nothing here shows for how long"},
		"for as long as a call has no error": {`func start(r remote, key string) { go func() {
				var err error
				for err == nil { _, err = r.Load(key) }
			}() }`,
			serves.Unclear, "loops while err == nil"},
		"some attempts": {`func start(r remote, key string) { go func() {
				for n := 0; ; n++ { if _, err := r.Load(key); err == nil || n > 3 { return } }
			}() }`,
			serves.Starter, ""},
		"until the starter closes a channel": {`func start(r remote, key string) {
				done := make(chan struct{})
				defer close(done)
				go func() { for { select { case <-done: return; default: r.Load(key) } } }()
			}`,
			serves.Starter, ""},
		"the starter waits": {`func start(r remote, key string) {
				done := make(chan struct{})
				go func() { defer close(done); for { if _, err := r.Load(key); err == nil { return } } }()
				<-done
			}`,
			serves.Starter, ""},
		"a compare and swap": {`import "sync/atomic"
			func start(n *atomic.Int64, d int64) { go func() {
				for { old := n.Load(); if n.CompareAndSwap(old, old+d) { return } }
			}() }`,
			serves.Starter, ""},
	}))
}

// A server that receives in its loop does not wait for the goroutine that sends.
func TestEventLoop(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"goes on": {`type s struct{ in chan int; r remote }
			func (s *s) run(stop chan struct{}) {
				events := make(chan int)
				go func() { for { select { case <-stop: return; case n := <-s.in: s.r.Tell(n); events <- n } } }()
				for {
					select {
					case <-stop: return
					case n := <-events: s.r.Tell(n)
					}
				}
			}`,
			serves.Others, "s.in"},
		"ends with the result": {`func first(r remote, key string, stop chan struct{}) int {
				result := make(chan int)
				go func() { for { if n, err := r.Load(key); err == nil { result <- n; return } } }()
				for {
					select {
					case <-stop: return 0
					case n := <-result: return n
					}
				}
			}`,
			serves.Starter, ""},
		"ends when the channel is closed": {`func all(r remote, key string, stop chan struct{}) {
				result := make(chan int)
				go func() { defer close(result); for { if n, err := r.Load(key); err == nil { result <- n } else { return } } }()
				for {
					select {
					case _, ok := <-result:
						if !ok { return }
					case <-stop:
					}
				}
			}`,
			serves.Starter, ""},
	}))
}

// A goroutine that waits for the end of others, or starts itself again by a detour, stays for them.
func TestStaysForOthers(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"waits for a context": {`import "context"
			func start(ctx context.Context, r remote) { go func() { <-ctx.Done(); r.Tell(1) }() }`,
			serves.Unclear, "waits for ctx.Done()"},
		"waits for what the starter closes": {`func start(r remote, n int) {
				ready := make(chan struct{})
				go func() { <-ready; r.Tell(n) }()
				close(ready)
			}`,
			serves.Starter, ""},
		"waits for a result": {`import "context"
			func start(ctx context.Context, r remote, in chan bool) { go func() {
				select { case <-ctx.Done(): case <-in: r.Tell(1) }
			}() }`,
			serves.Starter, ""},
		"starts itself again by another function": {`type s struct{ r remote }
			func (s *s) Start(key string) { s.start(key) }
			func (s *s) start(key string) { go s.load(key) }
			func (s *s) load(key string) { if _, err := s.r.Load(key); err != nil { s.later(key) } }
			func (s *s) later(key string) { s.start(key) }`,
			serves.Unclear, "start itself again"},
		"until there is nothing, by a label of a loop around": {`func start(r remote, all []string) { go func() {
			each:
				for _, key := range all {
					for { if n, _ := r.Load(key); n == 0 { continue each } }
				}
			}() }`,
			serves.Unclear, "nothing here shows for how long"},
		"for ever, by a label of its own": {`func start(r remote, key string) { go func() {
			again:
				for { for { if n, _ := r.Load(key); n == 0 { continue again } } }
			}() }`,
			serves.Others, "loops for ever"},
		"calls itself": {`func start(r remote, n int) { go count(r, n) }
			func count(r remote, n int) { if n > 0 { r.Tell(n); count(r, n-1) } }`,
			serves.Starter, ""},
	}))
}

// A function value is work, or a setting of the goroutine's owner.
func TestSettings(t *testing.T) {
	for fn, idle := range map[string]bool{
		"work func()": false, "step func() error": false, "nodes func() int": true, "now func()": true, "name func(int) string": false,
		"stopLater context.CancelFunc": true,
	} {
		t.Run(fn, func(t *testing.T) {
			t.Parallel()
			name, _, _ := strings.Cut(fn, " ")
			call := "s." + name + "()"
			if strings.Contains(fn, "(int)") {
				call = "s." + name + "(1)"
			}
			verdict := goroutine{source: `import "context"
				var _ context.Context
				` + remote + `
				type s struct{ ticks chan int; r remote; ` + fn + ` }
				func with(x *s, f ` + fn[len(name)+1:] + `) { x.` + name + ` = f }
				func (s *s) start() { go func() { for range s.ticks { s.r.Tell(1); ` + call + ` } }() }`}.judge(t)
			assert.Equal(t, idle, verdict.Idle, verdict.Why)
		})
	}
}

// A goroutine that makes something once for all users must not begin with the stores of the first.
func TestMakesForAll(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"under its own test": {`type s struct{ value int; r remote }
			func (s *s) start(key string) { go func() {
				if s.value != 0 { return }
				n, err := s.r.Load(key)
				if err != nil { return }
				s.value = n
			}() }`,
			serves.Others, "makes s.value once for all"},
		"a counter": {`type s struct{ n int; r remote }
			func (s *s) start(key string) { go func() {
				if s.n > 3 { return }
				s.n = s.n + 1
				s.r.Load(key)
			}() }`,
			serves.Starter, ""},
		"for its starter": {`func start(r remote, key string) int {
				value, done := 0, make(chan struct{})
				go func() { defer close(done); if value == 0 { value, _ = r.Load(key) } }()
				<-done
				return value
			}`,
			serves.Starter, ""},
	}))
}

// Others may send to a channel that a function keeps, or a literal that is handed on.
func TestHandedOutChannels(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"in a function that is returned": {`type s struct{ hooks []func(int) }
			func ack(ch chan int) func(int) { return func(n int) { ch <- n } }
			func (s *s) start(r remote) {
				acks := make(chan int)
				go func() { for n := range acks { r.Tell(n) } }()
				s.hooks = append(s.hooks, ack(acks))
			}`,
			serves.Others, "acks"},
		"in a handler": {`type bus interface{ OnMessage(func(int)) }
			func start(b bus, r remote) {
				messages := make(chan int)
				b.OnMessage(func(n int) { messages <- n })
				go func() { for n := range messages { r.Tell(n) } }()
			}`,
			serves.Unclear, "messages"},
		"in a function that is called at once": {`func each(f func(int)) { f(1) }
			func start(r remote) {
				numbers := make(chan int)
				go func() { for n := range numbers { r.Tell(n) } }()
				each(func(n int) { numbers <- n })
				close(numbers)
			}`,
			serves.Starter, ""},
	}))
}

// A goroutine that a server starts, or one that may be a server, serves what that serves.
func TestHelpsServer(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"of a loop behind it": {`type s struct{ jobs chan int; r remote }
			func (s *s) Work(name string) {
				go s.r.Load(name)
				for { if n := <-s.jobs; n == 0 { return } }
			}`,
			serves.Unclear, "the function that starts it works for others"},
		"of one that may be a server": {`func read(r remote, key string) { go loop(r, key) }
			func loop(r remote, key string) { for { n, err := r.Load(key); if err != nil { return }; handle(r, n) } }
			func handle(r remote, n int) { go r.Tell(n) }`,
			serves.Unclear, "nothing here shows for how long"},
	}))
	inner := sourcetest.Run(t, serves.Analyzer, `package p

		`+remote+`
		func handle(r remote, n int) { go r.Tell(n) }
		func loop(r remote, key string) { for { n, err := r.Load(key); if err != nil { return }; handle(r, n) } }
		func read(r remote, key string) { go loop(r, key) }
	`)
	verdict := judge(t, inner[0])
	assert.Equal(t, serves.Unclear, verdict.Answer)
	assert.Contains(t, verdict.Why, "started by a goroutine that may work for others")
}

// A goroutine that gets nothing of the call works for all that share its receiver.
func TestMaintenance(t *testing.T) {
	cases := map[string]struct {
		goroutine
		idle bool
	}{
		"fills a pool": {goroutine{`type pool struct{ r remote }
			func (p *pool) get() { go p.fill() }
			func (p *pool) fill() { p.r.Load("") }`,
			serves.Unclear, "passes nothing to it"}, true},
		"fills one of several": {goroutine{`type s struct{ pools []*pool }
			type pool struct{ r remote }
			func (s *s) get() { for _, p := range s.pools { go p.fill() } }
			func (p *pool) fill() { p.r.Load("") }`,
			serves.Unclear, "passes nothing to it"}, true},
		"calls what users gave": {goroutine{`type pool struct{ OnFull func() }
			func (p *pool) get() { go p.fill() }
			func (p *pool) fill() { p.OnFull() }`,
			serves.Unclear, "p.OnFull"}, false},
		"reads a store": {goroutine{`import "github.com/seed-1938943e/goroutine/als"
			var user als.Storage[string]
			type pool struct{ r remote }
			func (p *pool) get() { go p.audit() }
			func (p *pool) audit() { user.Get() }`,
			serves.Starter, ""}, false},
		"for a key": {goroutine{`type pool struct{ r remote }
			func (p *pool) get(key string) { go p.fill(key) }
			func (p *pool) fill(key string) { p.r.Load(key) }`,
			serves.Starter, ""}, false},
		"for a key that a literal closes over": {goroutine{`type pool struct{ r remote }
			func (p *pool) get(key string) { fill := func() { p.r.Load(key) }; go fill() }`,
			serves.Starter, ""}, false},
		"with a signal of the process": {goroutine{`import ("os"; "os/signal")
			func start(r remote) { go func() {
				ch := make(chan os.Signal, 1)
				signal.Notify(ch)
				<-ch
				r.Tell(1)
			}() }`,
			serves.Others, "waits for a signal"}, true},
		"with a signal, and reads a store": {goroutine{`import ("os"; "os/signal"; "github.com/seed-1938943e/goroutine/als")
			var user als.Storage[string]
			func start(r remote) { go func() {
				ch := make(chan os.Signal, 1)
				signal.Notify(ch)
				<-ch
				user.Get()
			}() }`,
			serves.Others, "waits for a signal"}, false},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := withRemote(map[string]goroutine{name: test.goroutine})[name].judge(t)
			assert.Equal(t, test.answer, verdict.Answer, verdict.Why)
			assert.Contains(t, verdict.Why, test.why)
			assert.Equal(t, test.idle, verdict.Idle)
		})
	}
}

// Data that is written for all brings no stores; functions and contexts do.
func TestWorkThatBringsStores(t *testing.T) {
	for name, test := range map[string]struct {
		element string
		idle    bool
	}{
		"bytes":      {"[]byte", true},
		"a frame":    {"*struct{ id int; body []byte }", true},
		"a function": {"func()", false},
		"a job":      {"*struct{ name string; run func() }", false},
		"a context":  {"struct{ ctx context.Context; id int }", false},
		"a reply":    {"struct{ reply chan func() }", false},
		"a signal":   {"struct{ cancel context.CancelFunc }", true},
		"settings":   {"struct{ c tls.Config }", true},
		"a request":  {"*struct{ r *http.Request }", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := goroutine{source: `import ("context"; "crypto/tls"; "net/http")
				var ( _ context.Context; _ tls.Config; _ http.Request )
				` + remote + `
				type s struct{ queue chan ` + test.element + `; r remote }
				func (s *s) start() { go func() { for range s.queue { s.r.Tell(1) } }() }`}.judge(t)
			assert.Equal(t, serves.Others, verdict.Answer)
			assert.Equal(t, test.idle, verdict.Idle)
		})
	}
}

// The functions that several callers have put into a field are not the work of the caller that
// takes them out.
func TestTakenOutOfField(t *testing.T) {
	const queue = `type queue struct { pending []func() }
		func (q *queue) add(f func()) { q.pending = append(q.pending, f) }
		func (q *queue) take() []func() { all := q.pending; q.pending = nil; return all }
		func (q *queue) first(n int) []func() { some, rest := q.pending[:n], q.pending[n:]; q.pending = rest; return some }
		func (q *queue) list() []func() { return q.pending }
		`
	judged(t, map[string]goroutine{
		"taken by a method": {queue + `func (q *queue) flush(name string) { go func() { for _, f := range q.take() { run(name, f) } }() }
			func run(name string, f func()) { f() }`,
			serves.Others, "works on what it takes out with q.take"},
		"by way of a variable": {queue + `func (q *queue) flush(name string) {
				go func() {
					all := q.take()
					for _, f := range all { run(name, f) }
				}()
			}
			func run(name string, f func()) { f() }`,
			serves.Others, "works on what it takes out with q.take"},
		"of a queue of the starter": {queue + `func flush(fs ...func()) {
				q := new(queue)
				for _, f := range fs { q.add(f) }
				go func() { for _, f := range q.take() { run("", f) } }()
			}
			func run(name string, f func()) { f() }`,
			serves.Starter, ""},
		"only listed": {queue + `func (q *queue) each(name string) { go func() { for _, f := range q.list() { run(name, f) } }() }
			func run(name string, f func()) { f() }`,
			serves.Starter, ""},
		"distributed": {queue + `func (q *queue) flush() {
				for _, f := range q.pending { go f() }
				q.pending = []func(){}
			}`,
			serves.Unclear, "others may have put what it works on into q.pending"},
		"distributed to literals": {queue + `func (q *queue) flush() {
				for _, f := range q.pending { go func() { f() }() }
				q.pending = nil
			}`,
			serves.Unclear, "others may have put what it works on into q.pending"},
		"what stays in the list": {queue + `func (q *queue) each(name string) {
				for _, f := range q.pending { go run(name, f) }
			}
			func run(name string, f func()) { f() }`,
			serves.Starter, ""},
		"exchanged for a list of the starter": {queue + `func (q *queue) flush() {
				var all []func()
				all, q.pending = q.pending, all
				for _, f := range all { go f() }
			}`,
			serves.Unclear, "others may have put what it works on into q.pending"},
		"of connections, not exchanged": {`type conn interface { Reset(int) }
			type pool struct { conns []conn }
			func (p *pool) reset(n int) {
				all := p.conns
				p.conns = nil
				for _, c := range all { go c.Reset(n) }
			}`,
			serves.Starter, ""},
		"of a list of the starter": {`func flush(fs []func()) {
				q := fs
				for _, f := range q { go f() }
				q = nil
			}`,
			serves.Starter, ""},
	})
}

// A map that is made when it is first used is not emptied by that.
func TestMadeWhenFirstUsed(t *testing.T) {
	const pauses = `type pauses struct { fn map[string]func(int) int }
		func (x *pauses) pause(name string, n int) int { f, ok := x.fn[name]; if !ok { f = func(n int) int { return n }; x.fn[name] = f }; `
	judged(t, withRemote(map[string]goroutine{
		"made": {pauses + `if x.fn == nil { x.fn = make(map[string]func(int) int) }; return f(n) }
			func ask(x *pauses, r remote, n int) { go func() { r.Tell(x.pause("a", n)) }() }`,
			serves.Unclear, "it calls f, which another caller may have set"},
		"emptied": {pauses + `x.fn = make(map[string]func(int) int); return f(n) }
			func ask(x *pauses, r remote, n int) { go func() { r.Tell(x.pause("a", n)) }() }`,
			serves.Unclear, "takes out of x.fn"},
		"emptied below another test": {pauses + `if x.fn != nil { x.fn = make(map[string]func(int) int) }; return f(n) }
			func ask(x *pauses, r remote, n int) { go func() { r.Tell(x.pause("a", n)) }() }`,
			serves.Unclear, "takes out of x.fn"},
	}))
}

// Maintenance to which nothing of the call goes is reported where the goroutine's function
// starts another one for the caller.
func TestPassesOn(t *testing.T) {
	const client = `type client struct { handler func(string) }
		func (c *client) close(why string) { c.handler(why) }
		func (c *client) disconnect(why ...string) { go func() { for _, w := range why { c.close(w) } }() }
		`
	for name, test := range map[string]struct {
		source string
		idle   bool
	}{
		"a function":   {`func (c *client) ping() { go c.disconnect("no pong") }`, false},
		"in a literal": {`func (c *client) ping() { go func() { c.disconnect("no pong") }() }`, false},
		"nothing":      {`type logger interface { Write(string) }; var l logger; func (c *client) ping() { go c.log() }; func (c *client) log() { l.Write("no pong") }`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := goroutine{source: test.source + "\n" + client}.judge(t)
			assert.Equal(t, serves.Unclear, verdict.Answer)
			assert.Equal(t, test.idle, verdict.Idle)
		})
	}
}

// A goroutine that ends when a function is called which the starter returns lasts for as long
// as others want, and so does not end with the starter. A function in a field may be that of
// another caller.
func TestOutlivesStarter(t *testing.T) {
	const beat = `import ("sync"; "time")
		func start(r remote) (cancel func()) {
			var all sync.WaitGroup
			stop, ticks := make(chan struct{}), time.NewTicker(1)
			all.Add(1)
			go func() { defer all.Done(); for { select { case <-stop: return; case <-ticks.C: r.Tell(1) } } }()
			`
	judged(t, withRemote(map[string]goroutine{
		"ended by a function that is returned": {beat + `return func() { ticks.Stop(); close(stop); all.Wait() } }`, serves.Unclear, "runs until stop ends it"},
		"ended by the starter":                 {beat + `r.Tell(2); ticks.Stop(); close(stop); all.Wait(); return nil }`, serves.Starter, ""},
		"a function that another registered": {`type s struct { changed func(int) }
			func (s *s) OnChange(f func(int)) { s.changed = f }
			func (s *s) change(n int) { go func() { s.changed(n) }() }`, serves.Unclear, "another caller may have set"},
		"a function of the starter": {`func change(f func(int), n int) { go func() { f(n) }() }`, serves.Starter, ""},
	}))
}

// A goroutine that its starter waits for serves others for no longer than that takes.
func TestWaitedForWhileServing(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"waited for": {`type s struct { ranges chan int; r remote }
			func (s *s) each() {
				done := make(chan bool)
				go func() { defer close(done); for n := range s.ranges { s.r.Tell(n) } }()
				<-done
			}`,
			serves.Unclear, "ranges over"},
		"of a server": {`type loop struct { run func() }
			type listener struct{}
			func serve(l []*listener, loops []*loop) {
				done := make(chan bool)
				for _, l := range loops { go func() { l.run(); done <- true }() }
				for range loops { <-done }
			}`,
			serves.Unclear, "serve serves all"},
		"of one connection": {`type conn struct{}
			func serve(c *conn, parts []func()) {
				done := make(chan bool)
				for _, part := range parts { go func() { part(); done <- true }() }
				for range parts { <-done }
			}`,
			serves.Starter, ""},
		"not waited for": {`type s struct { ranges chan int; r remote }
			func (s *s) each() {
				done := make(chan bool)
				go func() { defer close(done); for n := range s.ranges { s.r.Tell(n) } }()
			}`,
			serves.Others, "ranges over"},
	}))
}

// A starter also waits with a method such as SignalAndWait of a variable.
func TestSignalAndWait(t *testing.T) {
	const closer = `type closer struct { done chan struct{} }
		func (c *closer) SignalAndWait() { close(c.done) }
		type store interface { Collect(); Closed() bool }
		func (c *closer) Done() {}
		func collect(c *closer, s store) { defer c.Done(); for !s.Closed() { s.Collect() } }
		type db struct { closer *closer; store store }
		`
	judged(t, map[string]goroutine{
		"of a variable": {`func bench(s store) { c := new(closer); go collect(c, s); c.SignalAndWait() };` + closer,
			serves.Starter, ""},
		"of a field, when opening fails": {`func open(s store) (*db, bool) {
				d := &db{new(closer), s}
				go collect(d.closer, d.store)
				if s.Closed() { d.closer.SignalAndWait(); return nil, false }
				return d, true
			};` + closer,
			serves.Others, "loops while"},
	})
}
