package serves_test

import (
	"go/ast"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// An idleCase is a program whose goroutine is idle, so that it is not reported, or not.
type idleCase struct {
	source string
	answer serves.Answer
	idle   bool
}

func idles(t *testing.T, cases map[string]idleCase) {
	t.Helper()
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := withRemote(map[string]goroutine{name: {source: test.source}})[name].judge(t)
			assert.Equal(t, test.answer, verdict.Answer, verdict.Why)
			assert.Equal(t, test.idle, verdict.Idle, verdict.Why)
		})
	}
}

// receiving returns a program whose goroutine receives numbers for all users of s and runs a statement.
func receiving(declarations, statement string) string {
	return `import ("sync"; "time")
		` + declarations + `
		var _ sync.Mutex
		var _ time.Time
		func (s *s) start() { go s.loop() }
		func (s *s) loop() { for range s.ticks { ` + statement + ` } }`
}

// Users implement the handlers of all packages of a module.
func TestHandlersOfTheModule(t *testing.T) {
	t.Parallel()
	actions := sourcetest.Run(t, serves.Analyzer, `package handlers

		type Handler interface { Handle(int) }`, `package p

		import "example.com/handlers"

		type s struct { ticks chan int; h handlers.Handler }
		func (s *s) start() { go s.loop() }
		func (s *s) loop() { for n := range s.ticks { s.h.Handle(n) } }`)
	assert.False(t, judge(t, actions[1]).Idle)
}

// A loop for the life of a service is idle if it calls only its settings. What callers handed
// over is work.
func TestSettingsOfLoops(t *testing.T) {
	const plain = "type s struct{ ticks chan int; r remote; conns []remote; pending []remote }\n"
	const configured = `type config struct{ retry func(int) error; write func() }
		type s struct{ ticks chan int; config *config; retry func(int) error; jobs []*job }
		type job struct{ options *config }
		func with(s *s, f func(int) error, g func()) { s.retry = f; s.config.retry = f; s.config.write = g }
		`
	idles(t, map[string]idleCase{
		"an option": {receiving(`type config struct{ n int }
			type option func(*config)
			func set(opts ...option) { for _, opt := range opts { opt(&config{}) } }
			`+plain, "set(); s.r.Tell(1)"), serves.Others, true},
		"a handler out of a list": {receiving(`type config struct{ n int }
			type option func(*config)
			type s struct{ ticks chan int; handlers []option }
			`, "for _, h := range s.handlers { h(&config{}) }"), serves.Others, false},

		"a release": {receiving(`func lock() (int, func()) { return 1, func() {} }
			`+plain, "n, unlock := lock(); s.r.Tell(n); unlock()"), serves.Others, true},
		"a release that may fail": {receiving(`func build() (int, func() error, error) { return 1, func() error { return nil }, nil }
			`+plain, "n, release, _ := build(); s.r.Tell(n); release()"), serves.Others, true},
		"taken out with its work": {receiving(`type queue interface { Next() (int, func()) }
			type s struct{ ticks chan int; q queue }
			`, "_, run := s.q.Next(); run()"), serves.Others, false},

		"of a configuration": {receiving(configured, "s.config.retry(1)"), serves.Others, true},
		"of its own":         {receiving(configured, "s.retry(1)"), serves.Others, false},
		"of a job's options": {receiving(configured, "for _, j := range s.jobs { j.options.retry(1) }; s.jobs = nil"), serves.Others, false},
		"of a parameter's options": {`type options struct{ progress func(int) }
			type request struct{ options *options }
			func start(req *request, f func(int), ticks chan int) { req.options.progress = f; go func() { for range ticks { req.options.progress(1) } }() }`,
			serves.Unclear, false},
		"that a method registered": {receiving(`type node struct { onWrite func() }
			func (n *node) OnWrite(f func()) { n.onWrite = f }
			type s struct{ ticks chan int; node *node }
			`, "s.node.onWrite()"), serves.Others, false},

		"that a call has made": {receiving(`func random(n int) func() int { return func() int { return n } }
			type s struct{ ticks chan int; shuffle func(); r remote }
			func make(n int) func() { return func() {} }
			func open() *s { return &s{shuffle: make(1)} }
			`, "s.shuffle(); s.r.Tell(1)"), serves.Others, true},
		"that a call has wrapped": {receiving(`type s struct{ ticks chan int; run func(); r remote }
			func wrap(f func()) func() { return f }
			func open(f func()) *s { return &s{run: wrap(f)} }
			`, "s.run(); s.r.Tell(1)"), serves.Others, false},
		"that the package gives": {receiving(`type s struct{ ticks chan int; refresh func() }
			func newS(f func()) *s { return &s{refresh: f} }
			func open(r remote) *s { return newS(func() { r.Tell(1) }) }
			`, "s.refresh()"), serves.Others, true},
		"that others give": {receiving(`type s struct{ ticks chan int; refresh func() }
			func newS(f func()) *s { return &s{refresh: f} }
			func Open(f func()) *s { return newS(f) }
			`, "s.refresh()"), serves.Others, false},
		"a literal that a method has made": {receiving(`func (s *s) register(n int) func(int) { return func(n int) { s.r.Tell(n) } }
			`+plain, "f := s.register(1); f(2)"), serves.Others, true},
		"one that a method has found": {receiving(`type s struct{ ticks chan int; handlers map[string]func(int) }
			func (s *s) handler(name string) func(int) { return s.handlers[name] }
			`, `f := s.handler("a"); f(2)`), serves.Others, false},

		"of the package": {receiving(`var hook func(int)
			func init() { hook = nil }
			`+plain, "if hook != nil { hook(1) }; s.r.Tell(1)"), serves.Others, true},
		"of the package, which others set": {receiving(`var hook func(int)
			func SetHook(f func(int)) { hook = f }
			`+plain, "hook(1); s.r.Tell(1)"), serves.Others, false},

		"an adapter behind an interface": {receiving(`type frame interface{ build() }
			type frameFunc func()
			func (f frameFunc) build() { f() }
			type ping struct{}
			func (ping) build() {}
			func (s *s) write(f frame) { f.build(); s.r.Tell(1) }
			`+plain, "s.write(ping{})"), serves.Others, true},
		"an adapter itself": {receiving(`type frameFunc func()
			func (f frameFunc) build() { f() }
			type s struct{ ticks chan int; F frameFunc }
			`, "s.F.build()"), serves.Others, false},

		"of a logger": {receiving(`type logger struct{ write func(string) }
			func newLogger(f func(string)) *logger { return &logger{f} }
			func (l *logger) log(text string) { l.write(text) }
			type s struct{ ticks chan int; r remote; log *logger }
			`, `s.log.log("tick"); s.r.Tell(1)`), serves.Others, true},
		"of a writer": {receiving(`type writer struct{ out func(string) }
			func newWriter(f func(string)) *writer { return &writer{f} }
			func (w *writer) put(text string) { w.out(text) }
			type s struct{ ticks chan int; r remote; w *writer }
			`, `s.w.put("tick"); s.r.Tell(1)`), serves.Others, false},

		"told of errors": {receiving(`type handler interface{ OnError(error) }
			type s struct{ ticks chan int; h handler }
			`, "s.h.OnError(nil)"), serves.Others, true},
		"a function told of errors": {receiving(`type s struct{ ticks chan int; onReadError func(string, error); r remote }
			func (s *s) OnError(f func(string, error)) { s.onReadError = f }
			`, `s.onReadError("", nil)`), serves.Others, true},
		"a function that formats errors": {receiving(`type s struct{ ticks chan int; errorf func(string, ...any); r remote }
			func (s *s) OnError(f func(string, ...any)) { s.errorf = f }
			`, `s.errorf("", nil)`), serves.Others, true},
		"told of an error that it may heal": {receiving(`type s struct{ ticks chan int; onReadError func(string, error) error; r remote }
			func (s *s) OnError(f func(string, error) error) { s.onReadError = f }
			`, `s.onReadError("", nil)`), serves.Others, false},
		"told of the error of a request": {receiving(`type s struct{ ticks chan int; onError func(error, remote); r remote }
			func (s *s) OnError(f func(error, remote)) { s.onError = f }
			`, `s.onError(nil, s.r)`), serves.Others, false},
		"told of an error and more": {receiving(`type s struct{ ticks chan int; done func(string, error); r remote }
			func (s *s) OnDone(f func(string, error)) { s.done = f }
			`, `s.done("", nil)`), serves.Others, false},
		"told of messages": {receiving(`type handler interface{ OnMessage(string) }
			type s struct{ ticks chan int; h handler }
			`, `s.h.OnMessage("")`), serves.Others, false},

		"all connections":     {receiving(plain, "for _, c := range s.conns { c.Tell(1) }"), serves.Others, true},
		"all that is pending": {receiving(plain, "for _, p := range s.pending { p.Tell(1) }; s.pending = nil"), serves.Others, false},
		"pending data": {receiving(`type entry struct{ n int }
			func (e *entry) save(r remote) { r.Tell(e.n) }
			type s struct{ ticks chan int; r remote; entries []*entry }
			`, "for _, e := range s.entries { e.save(s.r) }; s.entries = nil"), serves.Others, true},
		"pending calls": {receiving(`type call struct{ done func() }
			func (c *call) finish(r remote) { r.Tell(1) }
			type s struct{ ticks chan int; r remote; calls map[int]*call }
			`, "for id, c := range s.calls { c.finish(s.r); delete(s.calls, id) }"), serves.Others, false},
		"calls that stay": {receiving(`type call struct{ done func() }
			func (c *call) finish(r remote) { r.Tell(1) }
			type s struct{ ticks chan int; r remote; calls map[int]*call }
			`, "for _, c := range s.calls { c.finish(s.r) }"), serves.Others, true},
		"connections to close": {receiving(`type conn struct{ r remote; done func() }
			func (c *conn) Close() { c.r.Tell(1) }
			type s struct{ ticks chan int; old []*conn }
			`, "for _, c := range s.old { c.Close() }; s.old = nil"), serves.Others, true},
	})
}

// The elements that a method takes out of a list are work for others, and may be the caller's own.
func TestIdleTakesOut(t *testing.T) {
	idles(t, map[string]idleCase{
		"a backlog": {`type s struct { pending [][]byte; r remote }
			func (s *s) take() [][]byte { all := s.pending; s.pending = nil; return all }
			func (s *s) flush(key string) { go func() { for range s.take() { s.r.Load(key) } }() }`, serves.Others, false},
	})
}

// A goroutine that a sync.Cond wakes may get work, unless it gets plain data.
func TestWokenForWork(t *testing.T) {
	const queue = `type queue struct { mu sync.Mutex; cond *sync.Cond; items []ITEM }
		func (q *queue) wait() (ITEM, bool) {
			q.mu.Lock()
			defer q.mu.Unlock()
			for len(q.items) == 0 { q.cond.Wait() }
			return q.items[0], true
		}
		`
	idles(t, map[string]idleCase{
		"bytes": {`import "sync"
			type item struct{ body []byte }
			` + strings.ReplaceAll(queue, "ITEM", "*item") + `
			type s struct { q *queue; r remote }
			func (s *s) start() { go func() { for { if _, ok := s.q.wait(); ok { s.r.Tell(1) } } }() }`, serves.Others, true},
		"requests": {`import ("context"; "sync")
			type item struct{ ctx context.Context }
			` + strings.ReplaceAll(queue, "ITEM", "*item") + `
			type s struct { q *queue; r remote }
			func (s *s) start() { go func() { for { if _, ok := s.q.wait(); ok { s.r.Tell(1) } } }() }`, serves.Others, false},
	})
}

// A goroutine that is started once for all is idle if it lasts, or gets nothing of the call.
func TestIdleOnce(t *testing.T) {
	const service = `type service struct { mu sync.Mutex; running bool; n int; stop chan struct{} }
		func (s *service) begin() (bool, func()) {
			if s.running { return false, nil }
			s.running = true
			return true, func() { close(s.stop) }
		}
		func (s *service) isRunning() bool { return s.running }
		func (s *service) acquire() bool { if s.n > 3 { return false }; s.n++; return true }
		type cleaner struct { *service; r remote }
		`
	const loop = `go func() {
			ticker := time.NewTicker(1)
			for { select { case <-ctx.Done(): return; case <-ticker.C: c.r.Tell(1) } }
		}()`
	const imports = `import ("context"; "sync"; "time")
		`
	idles(t, map[string]idleCase{
		"marked by a method": {imports + service + `func (c *cleaner) Start(ctx context.Context) {
			first, stopped := c.begin()
			if !first { return }
			_ = stopped
			` + loop + ` }`, serves.Others, true},
		"tested by a method": {imports + service + `func (c *cleaner) Start(ctx context.Context) {
			if running := c.isRunning(); running { return }
			` + loop + ` }`, serves.Unclear, true},
		"limited by a method": {imports + service + `func (c *cleaner) Start(ctx context.Context) {
			if !c.acquire() { return }
			` + loop + ` }`, serves.Unclear, true},
		"loads for all": {`type s struct { loading bool; r remote }
			func (s *s) get() { if s.loading { return }; s.loading = true; go s.load() }
			func (s *s) load() { s.r.Load("") }`, serves.Others, true},
		"loads a key for all": {`type s struct { loading map[string]bool; r remote }
			func (s *s) get(key string) { if s.loading[key] { return }; s.loading[key] = true; go s.load(key) }
			func (s *s) load(key string) { s.r.Load(key) }`, serves.Others, false},
		"hands on what was handed over": {`import "context"
			type s struct { running bool; jobs chan context.Context; r remote }
			func (s *s) start() { if s.running { return }; s.running = true; go s.run() }
			func (s *s) run() { for range s.jobs { s.r.Tell(1) } }`, serves.Others, false},
	})
	server := withRemote(map[string]goroutine{"": {source: `import ("net"; "net/http")
		type s struct { running bool; l net.Listener; h http.Handler }
		func (s *s) start() { if s.running { return }; s.running = true; go http.Serve(s.l, s.h) }`}})[""].judge(t)
	assert.True(t, server.Accepts)
}

// A goroutine that works only when its ticker or timer fires does maintenance, also if nothing
// shows that others started the ticker. A loop that tries something again works for its starter.
func TestByTheClock(t *testing.T) {
	const imports = `import ("context"; "time")
		var _ = time.Now
		`
	idles(t, map[string]idleCase{
		"a ticker": {imports + `func start(ctx context.Context, r remote, n int) { go func() {
			ticker := time.NewTicker(time.Hour)
			defer ticker.Stop()
			for { select { case <-ctx.Done(): return; case <-ticker.C: r.Tell(n) } }
		}() }`, serves.Unclear, true},
		"a timer": {imports + `func start(ctx context.Context, r remote, n int) { go loop(ctx, r, n) }
			func loop(ctx context.Context, r remote, n int) {
				for { select { case <-ctx.Done(): return; case <-time.After(time.Hour): r.Tell(n) } }
			}`, serves.Unclear, true},
		"called by a literal": {imports + `func start(ctx context.Context, r remote, n int) { go func() { defer r.Tell(n); loop(ctx, r, n) }() }
			func loop(ctx context.Context, r remote, n int) {
				for { select { case <-ctx.Done(): return; case <-time.After(time.Hour): r.Tell(n) } }
			}`, serves.Unclear, true},
		"tries again": {imports + `func start(ctx context.Context, r remote, n int) { go func() {
			for { r.Tell(n); select { case <-ctx.Done(): return; case <-time.After(time.Hour): } }
		}() }`, serves.Unclear, false},
		"polls": {imports + `func start(ctx context.Context, r remote) { go func() {
			for { select { case <-ctx.Done(): return; case <-time.After(time.Hour): if _, err := r.Load(""); err == nil { return } } }
		}() }`, serves.Unclear, false},
		"polls with a label": {imports + `func start(ctx context.Context, r remote) { go func() {
			loop: for { select { case <-ctx.Done(): return; case <-time.After(time.Hour): if _, err := r.Load(""); err == nil { break loop } } }
		}() }`, serves.Unclear, false},
		"given times": {imports + `func start(_ context.Context, ticks <-chan time.Time, r remote, n int) { go func() {
			for range ticks { r.Tell(n) }
		}() }`, serves.Others, true},
		"polls at given times": {imports + `func start(_ context.Context, ticks <-chan time.Time, r remote) { go func() {
			for range ticks { if _, err := r.Load(""); err == nil { return } }
		}() }`, serves.Unclear, false},
		"also receives": {imports + `func start(ctx context.Context, r remote, c chan int) { go func() {
			for { select { case n, ok := <-c: if !ok { return }; r.Tell(n); case <-time.After(time.Hour): r.Tell(0) } }
		}() }`, serves.Unclear, false},
		"begins at once": {imports + `func start(ctx context.Context, r remote, n int) { go func() {
			r.Tell(n)
			for { select { case <-ctx.Done(): return; case <-time.After(time.Hour): r.Tell(n) } }
		}() }`, serves.Unclear, false},
		"a ticker of a call": {imports + `type s struct { ctx context.Context; r remote }
			func (s *s) start(n int) {
				ticker, done := time.NewTicker(time.Hour), make(chan bool)
				go func() { defer close(done); for { select { case <-s.ctx.Done(): return; case <-ticker.C: s.r.Tell(n) } } }()
				<-done
			}`, serves.Unclear, false},
		"a ticker that a WaitGroup waits for": {`import ("context"; "sync"; "time")
			func start(ctx context.Context, wg *sync.WaitGroup, r remote, n int) { go func() {
				defer wg.Done()
				for { select { case <-ctx.Done(): return; case <-time.After(time.Hour): r.Tell(n) } }
			}() }`, serves.Unclear, false},
		"a timeout": {imports + `func start(ctx context.Context, r remote, n int) { go func() {
			select { case <-ctx.Done(): return; case <-time.After(time.Hour): r.Tell(n) }
		}() }`, serves.Starter, false},
		"what a caller handed over": {imports + `type s struct{ f func(int) }
			func (s *s) OnTick(f func(int)) { s.f = f }
			func (s *s) start(ctx context.Context, n int) { go func() {
				for { select { case <-ctx.Done(): return; case <-time.After(time.Hour): s.f(n) } }
			}() }`, serves.Unclear, false},
	})
}

// A loop by the clock calls what was registered for all, and is idle unless it takes that out of a
// queue or is given work as well.
func TestClocksOfServices(t *testing.T) {
	const service = `import "time"
		type s struct { ticks *time.Ticker; onTick func(int); hooks, queue []func(int); jobs chan func(int); numbers chan int }
		func (s *s) OnTick(f func(int)) { s.onTick = f }
		`
	idles(t, map[string]idleCase{
		"a handler": {service + `func (s *s) start() { go func() { for range s.ticks.C { s.onTick(1) } }() }`, serves.Others, true},
		"a list of them": {service + `func (s *s) start() { go func() { for range s.ticks.C { for _, f := range s.hooks { f(1) } } }() }`,
			serves.Others, true},
		"without a pause": {service + `func (s *s) start() { go func() { for { s.onTick(1) } }() }`, serves.Others, true},
		"takes out of a queue": {service + `func (s *s) start() { go func() {
			for range s.ticks.C { for _, f := range s.queue { f(1) }; s.queue = nil }
		}() }`, serves.Others, false},
		"is given the function": {`import "time"
			func every(d time.Duration, f func(int)) { go func() { for range time.Tick(d) { f(1) } }() }`, serves.Others, false},
		"runs the job that waits": {`import "time"
			type job struct { run func(int) }
			type s struct { ticks *time.Ticker; next *job }
			func (s *s) put(run func(int)) { s.next = &job{run} }
			func (s *s) start() { go func() { for range s.ticks.C { if job := s.next; job != nil { s.next = nil; job.run(1) } } }() }`,
			serves.Others, false},
		"is a job itself": {`import "time"
			type job struct { ticks *time.Ticker; run func(int) }
			func newJob(run func(int)) *job { return &job{run: run} }
			func (j *job) start() { go func() { for range j.ticks.C { j.run(1) } }() }`, serves.Others, true},
		"of what it takes out": {`import "time"
			type job struct { done func(int) }
			type s struct { ticks *time.Ticker; jobs map[int]*job }
			func (s *s) start() { go func() {
				for range s.ticks.C { for id, job := range s.jobs { job.done(1); delete(s.jobs, id) } }
			}() }`, serves.Others, false},
		"of many that stay": {`import "time"
			type job struct { done func(int) }
			func (j *job) finish() { j.done(1) }
			type s struct { ticks *time.Ticker; jobs []any }
			func (s *s) add(f func(int)) { s.jobs = append(s.jobs, &job{f}) }
			func (s *s) start() { go func() { for range s.ticks.C { s.all() } }() }
			func (s *s) all() { for _, one := range s.jobs { job := one.(*job); job.finish() } }`, serves.Others, false},
		"of the starter's caller": {`import "time"
			type merger struct { ticks *time.Ticker; merge func(int) }
			func start(merge func(int)) *merger { m := &merger{merge: merge}; go m.run(); return m }
			func (m *merger) run() { for range m.ticks.C { m.merge(1) } }`, serves.Others, false},
		"also runs jobs": {service + `func (s *s) start() { go func() {
			for { select { case <-s.ticks.C: s.onTick(1); case f := <-s.jobs: f(1) } }
		}() }`, serves.Others, false},
		"of jobs that it was given": {service + `func (s *s) start(jobs chan func(int)) { go func() {
			for { select { case <-s.ticks.C: s.onTick(1); case f := <-jobs: go f(1) } }
		}() }`, serves.Others, false},
		"also receives data": {service + `func (s *s) start() { go func() {
			for { select { case <-s.ticks.C: s.onTick(1); case n := <-s.numbers: s.onTick(n) } }
		}() }`, serves.Others, false},
		"of the caller": {service + `func (s *s) run() {
			done := make(chan bool)
			go func() { defer close(done); for range s.ticks.C { s.onTick(1) } }()
			<-done
		}`, serves.Unclear, false},
	})
}

// A function of another package may work by the clock, unless it is given what it runs.
func TestTicksOfOthers(t *testing.T) {
	actions := sourcetest.Run(t, serves.Analyzer, `package health

		import "time"

		type Checker interface { Check() error }

		func Poll(c Checker, stop chan bool) {
			for { select { case <-stop: return; case <-time.After(time.Hour): c.Check() } }
		}

		func Try(c Checker, stop chan bool) {
			for { c.Check(); select { case <-stop: return; case <-time.After(time.Hour): } }
		}

		func Each(f func(), stop chan bool) {
			for { select { case <-stop: return; case <-time.After(time.Hour): f() } }
		}`, `package p

		import "example.com/health"

		func start(c health.Checker, stop chan bool, f func()) {
			go health.Poll(c, stop)
			go health.Try(c, stop)
			go health.Each(f, stop)
		}`)
	action := actions[1]
	idle := make(map[string]bool)
	for cur := range inspector.New(action.Package.Syntax).Root().Preorder((*ast.GoStmt)(nil)) {
		call := cur.Node().(*ast.GoStmt).Call
		idle[call.Fun.(*ast.SelectorExpr).Sel.Name] = action.Result.(*serves.Judge).Goroutine(cur, call.Fun, call.Args).Idle
	}
	assert.Equal(t, map[string]bool{"Poll": true, "Try": false, "Each": false}, idle)
}

// A method that another package has may mark the start.
func TestMarksOfOthers(t *testing.T) {
	actions := sourcetest.Run(t, serves.Analyzer, `package service

		import "sync/atomic"

		type Base struct { running atomic.Bool }

		func (b *Base) Begin() bool { return b.running.CompareAndSwap(false, true) }
		func (b *Base) Running() bool { return b.running.Load() }`, `package p

		import ("example.com/service"; "time")

		`+remote+`
		type s struct { service.Base; r remote }
		func (s *s) start(ticks *time.Ticker) { if s.Begin() { go func() { for range ticks.C { s.r.Tell(1) } }() } }`)
	verdict := judge(t, actions[1])
	assert.Equal(t, serves.Others, verdict.Answer)
	assert.Contains(t, verdict.Why, "guarded by s.Begin")
	assert.True(t, verdict.Idle)
}

// The loop of what a constructor returns serves all users of that.
func TestIdleOfReturned(t *testing.T) {
	idles(t, map[string]idleCase{
		"reads packets": {`import "net"
			type server struct { conn net.Conn; r remote }
			func open(conn net.Conn, r remote) *server { s := &server{conn, r}; go s.receive(); return s }
			func (s *server) receive() { buf := make([]byte, 9); for { if _, err := s.conn.Read(buf); err != nil { return }; s.r.Tell(1) } }`,
			serves.Unclear, true},
		"reads and calls what it was given": {`import "net"
			type server struct { conn net.Conn; Handle func(int) }
			func open(conn net.Conn, handle func(int)) *server { s := &server{conn, handle}; go s.receive(); return s }
			func (s *server) receive() { buf := make([]byte, 9); for { n, err := s.conn.Read(buf); if err != nil { return }; s.Handle(n) } }`,
			serves.Unclear, false},
		"receives events until it is closed": {`type server struct { done chan struct{}; r remote }
			func open(events func() <-chan int, r remote) *server { s := &server{make(chan struct{}), r}; go s.watch(events()); return s }
			func (s *server) watch(events <-chan int) { for { select { case n := <-events: s.r.Tell(n); case <-s.done: return } } }`,
			serves.Unclear, true},
		"receives functions until it is closed": {`type server struct { done chan struct{}; r remote }
			func open(jobs func() <-chan func(), r remote) *server { s := &server{make(chan struct{}), r}; go s.watch(jobs()); return s }
			func (s *server) watch(jobs <-chan func()) { for { select { case f := <-jobs: f(); case <-s.done: return } } }`,
			serves.Unclear, false},
		"paces for its receiver": {`type server struct { done chan struct{}; r remote }
			func (s *server) open(n int) <-chan int {
				out := make(chan int)
				go func() { defer close(out); for { s.r.Tell(n); select { case <-s.done: return; default: } } }()
				return out
			}`,
			serves.Unclear, false},
		"paces for itself": {`type server struct { done chan struct{}; r remote }
			func (s *server) open(n int) { go func() { for { s.r.Tell(n); select { case <-s.done: return; default: } } }() }`,
			serves.Others, true},
		"closes a channel of what it works for": {`type db struct { done chan struct{}; r remote }
			func open(r remote) *db { d := &db{make(chan struct{}), r}; go d.watch(); return d }
			func (d *db) watch() { defer close(d.done); for d.runs() { d.r.Tell(1) } }
			func (d *db) runs() bool { return true }`,
			serves.Others, true},
		"writes for all": {`type db struct { writes chan []byte; flush chan bool; r remote }
			func open(r remote) *db { d := &db{make(chan []byte), make(chan bool), r}; go d.write(); return d }
			func (d *db) write() { for range d.writes { d.r.Tell(1); d.flush <- true } }`,
			serves.Others, true},
		"works for all": {`type db struct { jobs chan func(); flush chan bool }
			func open() *db { d := &db{make(chan func()), make(chan bool)}; go d.work(); return d }
			func (d *db) work() { for job := range d.jobs { job(); d.flush <- true } }`,
			serves.Others, false},
	})
}

// A reader that only logs loses no store that matters; one that does more may.
func TestOnlyReads(t *testing.T) {
	idles(t, map[string]idleCase{
		"and logs": {`import ("log"; "net")
			func ask(conn net.Conn) {
				defer conn.Close()
				done := make(chan bool)
				go func() { defer close(done); buf := make([]byte, 9); for { if _, err := conn.Read(buf); err != nil { log.Print(err); return } } }()
				<-done
			}`, serves.Starter, true},
		"copies and logs": {`import ("io"; "log")
			func start(dst io.Writer, src io.Reader) {
				done := make(chan bool)
				go func() { defer close(done); pass(dst, src) }()
				<-done
			}
			func pass(dst io.Writer, src io.Reader) { if _, err := io.Copy(dst, src); err != nil { log.Print(err) } }`, serves.Starter, true},
		"copies and tells": {`import "io"
			func start(r remote, dst io.Writer, src io.Reader) {
				done := make(chan bool)
				go func() { defer close(done); _, _ = io.Copy(dst, src); r.Tell(1) }()
				<-done
			}`, serves.Starter, false},
		"and tells": {`import "net"
			func ask(conn net.Conn, r remote) {
				defer conn.Close()
				done := make(chan bool)
				go func() { defer close(done); buf := make([]byte, 9); for { if _, err := conn.Read(buf); err != nil { r.Tell(1); return } } }()
				<-done
			}`, serves.Starter, false},
		"does not read, and logs": {`import "log"
			func ask(key string) { go func() { log.Print(key) }() }`, serves.Starter, false},
	})
}

// A goroutine whose starter may serve others is reported only once that one is started with
// als.Go, unless it runs a function that was handed over.
func TestIdleBelowUncertain(t *testing.T) {
	for name, test := range map[string]struct {
		handle string
		idle   bool
	}{
		"tells":      {`go r.Tell(n)`, true},
		"is handed":  {`go jobs.Do(n)`, false},
		"waited for": {`done := make(chan bool); go func() { r.Tell(n); close(done) }(); <-done`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := goroutine{source: remote + `
				type doer interface{ Do(int) }
				var jobs doer
				func handle(r remote, n int) { ` + test.handle + ` }
				func loop(r remote, key string) { for { n, err := r.Load(key); if err != nil { return }; handle(r, n) } }
				func read(r remote, key string) { go loop(r, key) }`}.judge(t)
			assert.Equal(t, serves.Unclear, verdict.Answer)
			assert.Equal(t, test.idle, verdict.Idle)
		})
	}
}

// A function runs on a server's goroutine if all its uses in the program are there.
func TestRunsOnServers(t *testing.T) {
	const table = `type s struct { jobs chan string; r remote; handlers map[string]func(string) }
			func New(r remote) *s { s := &s{jobs: make(chan string), r: r}; s.handlers = map[string]func(string){"read": s.read}; return s }
			func (s *s) read(key string) { go s.r.Load(key) }
			func (s *s) Start() { go s.run() }
			`
	judged(t, withRemote(map[string]goroutine{
		"a literal that the server calls": {`import "context"
			type s struct { jobs chan context.Context; r remote }
			func (s *s) begin(key string) { s.helped(key) }
			func (s *s) helped(key string) { go s.r.Load(key) }
			func (s *s) forever(f func()) { for range s.jobs { f() } }
			func (s *s) Start() { s.background(func() { s.helped("a") }) }
			func (s *s) background(f func()) { f() }`,
			serves.Starter, ""},
		"a literal that a goroutine calls": {`import "context"
			type s struct { jobs chan context.Context; r remote }
			func (s *s) helped(key string) { go s.r.Load(key) }
			func (s *s) forever(f func()) { for range s.jobs { f() } }
			func (s *s) Start() { go s.forever(func() { s.helped("a") }) }`,
			serves.NoStores, ""},
		"a literal that is kept": {`import "context"
			type s struct { jobs chan context.Context; r remote; kept func() }
			func (s *s) helped(key string) { go s.r.Load(key) }
			func (s *s) forever(f func()) { s.kept = f; for range s.jobs { f() } }
			func (s *s) Start() { go s.forever(func() { s.helped("a") }) }`,
			serves.Starter, ""},
		"a handler in a table": {table + `func (s *s) run() { for key := range s.jobs { s.handlers[key](key) } }`,
			serves.NoStores, ""},
		"a handler that is looked up": {table + `func (s *s) run() { for key := range s.jobs { if h, ok := s.handlers[key]; ok && h != nil { h(key) } } }`,
			serves.NoStores, ""},
		"a handler that a caller calls": {table + `func (s *s) run() { for key := range s.jobs { s.handlers[key](key) } }
			func (s *s) Read(key string) { s.handlers[key](key) }`,
			serves.Starter, ""},
		"a handler that is handed out": {table + `func (s *s) run() { for key := range s.jobs { s.handlers[key](key) } }
			func (s *s) Handler(key string) func(string) { return s.handlers[key] }`,
			serves.Starter, ""},
		"a handler that the internals have": {table + `func (s *s) run() { for key := range s.jobs { s.handlers[key](key) } }
			type Internals struct { s *s }
			func (i *Internals) Read(key string) { i.s.read(key) }`,
			serves.NoStores, ""},
		"a method behind an interface": {`type poller interface { Poll(key string) }
			type task struct { r remote }
			func (t *task) Poll(key string) { go t.r.Load(key) }
			type s struct { jobs chan string; p poller }
			func (s *s) Start() { go func() { for key := range s.jobs { s.p.Poll(key) } }() }`,
			serves.NoStores, ""},
		"an exported method": {`type poller interface { Poll(key string) }
			type Task struct { r remote }
			func (t *Task) Poll(key string) { go t.r.Load(key) }
			type s struct { jobs chan string; p poller }
			func (s *s) Start() { go func() { for key := range s.jobs { s.p.Poll(key) } }() }`,
			serves.Starter, ""},
	}))
}

// A loop that calls a listener of a user is reported, also if the package puts a literal around
// the listener. So is one that passes on the work that others have registered.
func TestListenersAndRunnables(t *testing.T) {
	const loop = `type s struct{ ticks chan int; r remote; slow func(int) }
		func (s *s) start() { go func() { for range s.ticks { s.r.Tell(1); s.slow(1) } }() }
		func newS(slow func(int)) *s { return &s{slow: slow} }
		`
	const list = `type runnable struct { check func() bool }
		type number struct { n int }
		type s struct{ ticks chan int; r remote; queue []*runnable; ch chan *runnable; numbers []*number; out chan *number }
		func (s *s) start() { go func() { for range s.ticks { s.r.Tell(1); s.all() } }() }
		`
	idles(t, map[string]idleCase{
		"a literal around a listener":      {loop + `func open(listen func(int)) *s { return newS(func(n int) { listen(n) }) }`, serves.Others, false},
		"a literal of the package":         {loop + `func open(r remote) *s { return newS(func(n int) { r.Tell(n) }) }`, serves.Others, true},
		"passes on what others registered": {list + `func (s *s) all() { for _, run := range s.queue { s.ch <- run } }`, serves.Others, false},
		"passes on plain data":             {list + `func (s *s) all() { for _, n := range s.numbers { s.out <- n } }`, serves.Others, true},
	})
}

// A pause between the tries of one piece of work is no wait for that of others.
func TestPauses(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"between tries": {`import "time"
			func (s *s) start(key string) { go s.load(key) }
			type s struct { r remote; pause time.Duration }
			func (s *s) load(key string) {
				for n := 0; ; n++ {
					if _, err := s.r.Load(key); err == nil { return }
					time.Sleep(s.pause)
				}
			}`, serves.Unclear, "loops, and pauses in time.Sleep"},
		"far below": {`import "time"
			type s struct { r remote }
			func (s *s) start(key string) { go func() { s.one(key) }() }
			func (s *s) one(key string) { s.two(key) }
			func (s *s) two(key string) { s.three(key) }
			func (s *s) three(key string) { for n := 0; ; n++ { if _, err := s.r.Load(key); err == nil { return }; time.Sleep(1) } }`,
			serves.Starter, ""},
		"in a loop for ever": {`import "time"
			type s struct { r remote }
			func (s *s) start() { go func() { for { s.r.Tell(1); time.Sleep(1) } }() }`,
			serves.Others, "loops for ever"},
	}))
}

// A group that its starter makes and keeps in a field is waited for by another method.
func TestGroupInField(t *testing.T) {
	const run = `type s struct { group *group; steps chan int; r remote }
		type group struct{}
		func (g *group) Go(f func()) { go f() }
		func (s *s) each() { for n := range s.steps { s.r.Tell(n) } }
		`
	judge := func(source string) serves.Verdict {
		actions := sourcetest.Run(t, serves.Analyzer, "package p\n"+remote+run+source)
		call := sourcetest.Find(t, actions[0], func(call *ast.CallExpr) bool {
			sel, ok := call.Fun.(*ast.SelectorExpr)
			return ok && sel.Sel.Name == "Go"
		})
		return judgeCallback(t, actions[0], call)
	}
	made := judge("func (s *s) start() { s.group = new(group); s.group.Go(s.each) }")
	assert.Equal(t, serves.Unclear, made.Answer, made.Why)
	assert.False(t, made.Idle)
	shared := judge("func (s *s) start() { s.group.Go(s.each) }")
	assert.Equal(t, serves.Others, shared.Answer, shared.Why)
	assert.True(t, shared.Idle)
}

// A function of another package stays for others if its own loop does, and not for what it
// calls far below, such as a decoder.
func TestStaysFarBelow(t *testing.T) {
	const library = `package library

		var jobs = make(chan func())

		func Work() { one() }
		func one()  { two() }
		func two()  { three() }
		func three() { four() }
		func four() { for job := range jobs { job() } }

		func Near() { four() }
	`
	for call, answer := range map[string]serves.Answer{"library.Work()": serves.Others, "library.Near()": serves.Others, "library.Read()": serves.Starter} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			actions := sourcetest.Run(t, serves.Analyzer, library+"\nfunc Read() { one() }", `package p

				import "example.com/library"

				`+remote+`
				func start(r remote, key string) { go func() { r.Load(key); `+call+` }() }`)
			assert.Equal(t, answer, judge(t, actions[1]).Answer)
		})
	}
}
