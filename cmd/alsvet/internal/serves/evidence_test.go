package serves_test

import (
	"go/ast"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// A goroutine that calls a function that others may have set, or that nothing here shows, gets no
// fix unless its starter waits for it.
func TestFunctionsOfOthers(t *testing.T) {
	const table = `type reply struct { done func(int) }
		type client struct { pending map[int]*reply; replies []*reply; queue []func(int) }
		func newReply(done func(int)) *reply { return &reply{done} }
		func (c *client) call(n int, r *reply) { c.pending[n] = r; c.replies = append(c.replies, r) }
		`
	judged(t, map[string]goroutine{
		"an element's": {table + `func (c *client) receive(n int) { r := c.pending[n]; go func() { r.done(n) }() }`,
			serves.Unclear, "r.done, which another caller may have set"},
		"an element's, in its method": {table + `func (r *reply) tell(n int) { r.done(n) }
			func (c *client) receive(n int) { r := c.pending[n]; go r.tell(n) }`, serves.Unclear, "r.done"},
		"of a range": {table + `func (c *client) receive(n int) { for _, r := range c.replies { go r.done(n) } }`, serves.Unclear, "r.done"},
		"of a range over an iterator": {`import "slices"
			` + table + `func (c *client) receive(n int) { for _, r := range slices.Backward(c.replies) { go r.done(n) } }`, serves.Unclear, "r.done"},
		"waited for": {table + `func (c *client) receive(n int) { d := make(chan bool); r := c.pending[n]; go func() { r.done(n); close(d) }(); <-d }`,
			serves.Starter, ""},
		"of a value made here": {`type reply struct { done func(int) }
			func do(n int, done func(int)) { r := &reply{done}; go func() { r.done(n) }() }`, serves.Starter, ""},
		"a list": {table + `func (c *client) flush(n int) { go func() { for _, f := range c.queue { f(n) } }() }`,
			serves.Unclear, "the functions in c.queue"},
		"what a method returns": {`type maker interface { Lookup() func() }
			func start(m maker, n int) { f := m.Lookup(); go func() { f(); _ = n }() }`, serves.Unclear, "nothing here shows what f does"},
		"what a method returns, in a type switch": {`type mailbox interface { Message() any }
			func receive(m mailbox) { switch msg := m.Message().(type) { case func(): go msg() } }`,
			serves.Unclear, "nothing here shows what msg does"},
		"in what a method returns, in a type switch": {`type mailbox interface { Message() any }
			type job struct { run func() }
			func receive(m mailbox) { switch msg := m.Message().(type) { case *job: go msg.run() } }`,
			serves.Unclear, "nothing here shows what msg.run does"},
		"a parameter in a type switch": {`func start(given any) { switch f := given.(type) { case func(): go f() } }`, serves.Starter, ""},
	})
}

// A job out of a queue that others share gets no fix if it is handed to the function that runs it, or
// replaces the parameter of that.
func TestReplacedParameters(t *testing.T) {
	const queue = `type s struct { jobs []func() }
		func (s *s) get(job func()) func() {
			if job != nil { s.jobs = append(s.jobs, job) }
			if len(s.jobs) == 0 { return nil }
			first := s.jobs[0]
			s.jobs = s.jobs[1:]
			return first
		}
		func (s *s) run(job func()) { job() }
		`
	judged(t, withRemote(map[string]goroutine{
		"the next of a queue": {queue + `func (s *s) push(job func()) { go s.drain(job) }
			func (s *s) drain(job func()) { for job != nil { job(); job = s.get(nil) } }`, serves.Unclear, "nothing here shows what job does"},
		"of a queue": {queue + `func (s *s) push(job func()) { next := s.get(job); go s.run(next) }`,
			serves.Unclear, "nothing here shows what next does"},
		"of the caller": {queue + `func (s *s) push(job func()) { next := func() { job() }; go s.run(next) }`, serves.Starter, ""},
		"a default": {`func start(f func()) { go run(f) }
			func run(f func()) { if f == nil { f = idle }; f() }
			func idle() {}`, serves.Starter, ""},
		"a function around it": {`func start(r remote, f func()) { go run(r, f) }
			func run(r remote, f func()) { f = wrap(r, f); f() }
			func wrap(r remote, f func()) func() { return func() { r.Tell(1); f() } }`, serves.Starter, ""},
	}))
}

// A function value that a function of the package returns is followed, such as a loop.
func TestReturnedFunctions(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"a loop": {`type s struct { jobs chan int; r remote }
			func (s *s) loop() (func(), error) { return func() { for n := range s.jobs { s.r.Tell(n) } }, nil }
			func (s *s) start() { f, _ := s.loop(); go f() }`, serves.Others, "ranges over the channel s.jobs"},
		"one piece of work": {`func tell(r remote, n int) func() { return func() { r.Tell(n) } }
			func start(r remote, n int) { go tell(r, n)() }`, serves.Starter, ""},
		"of a conversion": {`type action func()
			func start(fs []func()) { go action(fs[0])() }`, serves.Starter, ""},
		"of a literal": {`func start(r remote, n int) { go func() func() { return func() { r.Tell(n) } }()() }`, serves.Starter, ""},
		"of another function": {`import "context"
			func start(c context.Context) { f := context.AfterFunc(c, nil); go f() }`, serves.Unclear, "nothing here shows what f does"},
	}))
}

// A call that returns a value for its caller to use does not last, whatever its name is.
func TestCallsThatReturnValues(t *testing.T) {
	const server = `import "context"
		type tracer interface {
			Start(context.Context, string) (context.Context, int)
			Run(string) (string, error)
			Followup(string) error
			Copy(string) (int, error)
			Main()
		}
		var background = context.Background()
		var ending, _ = context.WithCancel(background)
		type caller interface { Call(context.Context, int) }
		`
	judged(t, map[string]goroutine{
		"a context":        {server + `func f(t tracer, c context.Context) { go func() { t.Start(c, "x") }() }`, serves.Starter, ""},
		"text":             {server + `func f(t tracer, s string) { go func() { t.Run(s) }() }`, serves.Starter, ""},
		"a longer word":    {server + `func f(t tracer, s string) { go func() { t.Followup(s) }() }`, serves.Starter, ""},
		"a count":          {server + `func f(t tracer, s string) { go func() { t.Copy(s) }() }`, serves.Unclear, "t.Copy"},
		"nothing":          {server + `func f(t tracer, s string) { go func() { t.Main(); _ = s }() }`, serves.Unclear, "t.Main"},
		"an endless one":   {server + `func f(c caller, n int) { go func() { c.Call(background, n) }() }`, serves.Starter, ""},
		"one that can end": {server + `func f(c caller, n int) { go func() { c.Call(ending, n) }() }`, serves.Unclear, "until ending ends"},
	})
}

// A loop is idle if it runs only what its module set it up with, and not if functions come
// through a channel. Any caller may have sent them.
func TestLoopsThatGetNoWork(t *testing.T) {
	const internal = `package internal

		type remote interface { Tell(int) }
		type handler interface { InvokeSync(int) }
		type s struct { ticks chan int; task func(int); tasks []func(int); r remote; h handler }
		func newS(task func(int)) *s { return &s{task: task} }
		func with(task func(int)) func(*s) { return func(s *s) { s.tasks = append(s.tasks, task) } }
		func (s *s) start() { go s.loop() }
		`
	for name, test := range map[string]struct {
		source string
		idle   bool
	}{
		"of a constructor": {`func (s *s) loop() { for range s.ticks { s.task(1) } }`, true},
		"of an option":     {`func (s *s) loop() { for range s.ticks { for _, f := range s.tasks { f(1) } } }`, true},
		"of a method": {`func (s *s) set(task func(int)) { s.task = task }
			func (s *s) loop() { for range s.ticks { s.task(1) } }`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := judge(t, sourcetest.Run(t, serves.Analyzer, internal+test.source)[0])
			assert.Equal(t, serves.Others, verdict.Answer, verdict.Why)
			assert.Equal(t, test.idle, verdict.Idle, verdict.Why)
		})
	}
	t.Run("of an interface that users cannot implement", func(t *testing.T) {
		t.Parallel()
		actions := sourcetest.Run(t, serves.Analyzer, "package internal\n\ntype Handler interface { InvokeSync(int) }", `package p

			import "example.com/internal"

			type s struct { ticks chan int; h internal.Handler }
			func (s *s) start() { go s.loop() }
			func (s *s) loop() { for range s.ticks { s.h.InvokeSync(1) } }`)
		assert.True(t, judge(t, actions[1]).Idle)
	})
	idles(t, map[string]idleCase{
		"of an interface that they can": {receiving(`type listener interface { InvokeSync(int) }
			type s struct { ticks chan int; l listener }`, "s.l.InvokeSync(1)"), serves.Others, false},
		"of a listener": {receiving(`type Listener interface { Checked(int) }
			type s struct { ticks chan int; l Listener }`, "s.l.Checked(1)"), serves.Others, false},
		"that cancels with a cause": {`import "context"
			type s struct { ticks chan int; r remote; give context.CancelCauseFunc }
			func (s *s) set(give context.CancelCauseFunc) { s.give = give }
			func (s *s) start() { go s.loop() }
			func (s *s) loop() { for range s.ticks { s.give(nil); s.r.Tell(1) } }`, serves.Others, true},
		"out of a channel": {`type s struct { stop chan struct{} }
			func (s *s) start(jobs chan func()) { go func() { for { select { case <-s.stop: return; case f := <-jobs: go f() } } }() }`,
			serves.Others, false},
		"by a value that others get": {`type s struct { ticks chan int; r remote; stop chan int }
			func start(r remote) *s { s := &s{r: r, stop: make(chan int)}; go s.loop(); return s }
			func (s *s) loop() { for { select { case <-s.ticks: s.r.Tell(1); case s.stop <- 1: return } } }`, serves.Others, true},
	})
}

// A function that another package made, such as the second half of a trace, is no work.
func TestFunctionsThatOthersMade(t *testing.T) {
	const trace = `package trace

		type Mux struct{}

		func Start(n int) func(error) { return nil }
		func Nested() func() func() { return nil }
		func (*Mux) Handler(string) func() { return nil }`
	for statement, idle := range map[string]bool{
		"done := trace.Start(1); defer done(nil)":                    true,
		"trace.Start(1)(nil)":                                        true,
		"next := trace.Nested(); done := next(); done()":             true,
		`handler := new(trace.Mux).Handler("registered"); handler()`: false,
	} {
		actions := sourcetest.Run(t, serves.Analyzer, trace, `package p

			import "example.com/trace"

			type s struct { ticks chan int }
			func (s *s) start() { go s.loop() }
			func (s *s) loop() { for range s.ticks { s.tick() } }
			func (s *s) tick() { `+statement+` }`)
		assert.Equal(t, idle, judge(t, actions[1]).Idle, statement)
	}
}

// A goroutine that only ends something needs no stores.
func TestOnlyEnds(t *testing.T) {
	const closer = `type closer interface { CloseAll(int); Tell(int) }
		type s struct { c closer; told func(int) }
		func (s *s) OnTold(f func(int)) { s.told = f }
		`
	idles(t, map[string]idleCase{
		"by its name":  {closer + `func (s *s) finishClose(n int) { s.c.Tell(n) }; func (s *s) start(n int) { go s.finishClose(n) }`, serves.Unclear, true},
		"by its calls": {closer + `func (s *s) start(n int) { go func() { s.c.CloseAll(n) }() }`, serves.Unclear, true},
		"and more":     {closer + `func (s *s) start(n int) { go func() { s.c.CloseAll(n); s.c.Tell(n) }() }`, serves.Starter, false},
		"by a function": {`type s struct { gracefulClose func(int) error }
			func (s *s) set(f func(int) error) { s.gracefulClose = f }
			func (s *s) start(n int) { go func() { s.gracefulClose(n) }() }`, serves.Unclear, true},
		"and a handler": {closer + `func (s *s) close(n int) { s.told(n) }; func (s *s) start(n int) { go s.close(n) }`, serves.Unclear, false},
		"what it still reads": {`type iter interface { Next() (int, error); Stop() }
			type s struct { iter iter; all []int }
			func (s *s) Stop() { go s.drain() }
			func (s *s) drain() { for { n, err := s.iter.Next(); if err != nil { return }; s.all = append(s.all, n) } }`, serves.Others, false},
		"what it reads all along": {`type iter interface { Next() (int, error); Stop() }
			type s struct { iter iter; all []int }
			func (s *s) Begin() { go s.drain() }
			func (s *s) drain() { for { n, err := s.iter.Next(); if err != nil { return }; s.all = append(s.all, n) } }`, serves.Others, true},
		"with a context": {`import "context"
			type closer interface { Shutdown(context.Context) error }
			type s struct { c closer }
			func (s *s) start(ctx context.Context) { go func() { s.c.Shutdown(ctx) }() }`, serves.Unclear, true},
		"a command, in a literal": {`import "context"
			type pool interface { release(context.Context, string) error }
			func start(ctx context.Context, p pool, lock string) { go func() { p.release(ctx, lock) }() }`, serves.Starter, false},
		"a command": {`import "context"
			type pool interface { Eval(context.Context, string) error }
			func release(ctx context.Context, p pool, lock string) { p.Eval(ctx, lock) }
			func start(ctx context.Context, p pool, lock string) { go release(ctx, p, lock) }`, serves.Starter, false},
	})
}

// A function that a call runs on other goroutines serves its caller if the call waits for these.
func TestCalleeWaits(t *testing.T) {
	const source = `package p

		import "sync"

		type remote interface { Tell(int) }
		func each(f func(int)) { var wg sync.WaitGroup; wg.Add(1); go func() { defer wg.Done(); f(1) }(); wg.Wait() }
		func nested(f func(int)) { each(func(n int) { f(n) }) }
		func kept(f func(int)) { var wg sync.WaitGroup; wg.Add(1); go func() { defer wg.Done(); f(1) }(); wg.Wait(); go f(2) }
		func start(f func(int)) { go f(1) }
		func again(f func(int)) { each(f); if f == nil { again(f) } }
		type s struct { r remote; jobs chan int }
		func (s *s) work(n int) { for n := range s.jobs { s.r.Tell(n) } }
		func (s *s) once(n int) { s.r.Tell(n) }
		func (s *s) call() { `
	judgedCalls(t, source, map[string]call{
		"each":      {"each(s.once)", serves.Starter},
		"nested":    {"nested(s.once)", serves.Starter},
		"itself":    {"again(s.once)", serves.Unclear},
		"not all":   {"kept(s.once)", serves.Unclear},
		"start":     {"start(s.once)", serves.Unclear},
		"each loop": {"each(s.work)", serves.Unclear},
		"a loop":    {"start(s.work)", serves.Others},
	})
	t.Run("of another package", func(t *testing.T) {
		t.Parallel()
		actions := sourcetest.Run(t, serves.Analyzer, `package group

			import "sync"

			func Each(f func(int)) { var wg sync.WaitGroup; wg.Add(1); go func() { defer wg.Done(); f(1) }(); wg.Wait() }`, `package p

			import "example.com/group"

			type remote interface { Tell(int) }
			type s struct { r remote }
			func (s *s) once(n int) { s.r.Tell(n) }
			func (s *s) call() { group.Each(s.once) }`)
		assert.Equal(t, serves.Starter, judgeLast(t, actions[1]).Answer)
	})
}

// A method that is called Accept waits for a connection, unless it is given what it accepts.
func TestAcceptsWithHandler(t *testing.T) {
	judged(t, map[string]goroutine{
		"with a handler": {`type listener interface { Accept(func(int)) error }
			type s struct { l listener }
			func (s *s) start(n int) { go func() { for { s.l.Accept(nil) } }() }`, serves.Others, "calls s.l.Accept"},
		"a value": {`type visitor interface { Accept(string) error }
			func start(v visitor, names []string) { go func() { for i := 0; i < len(names); i++ { v.Accept(names[i]) } }() }`, serves.Starter, ""},
	})
}

// A goroutine that starts another one for the caller is reported, also if that one runs a function
// that another caller may have set. One that ticks and only logs is not, also if it is waited for.
func TestNestedAndTicking(t *testing.T) {
	idles(t, map[string]idleCase{
		"a nested handler": {`type s struct { told func(int) }
			func (s *s) OnTold(f func(int)) { s.told = f }
			func (s *s) ping() { go s.tell(1) }
			func (s *s) tell(n int) { go func() { s.told(n) }() }`, serves.Unclear, false},
		"logs by ticks": {`import ("log"; "time")
			func start(ticks *time.Ticker, stop chan bool) {
				done := make(chan bool)
				go func() { defer close(done); for { select { case <-ticks.C: log.Print("x"); case <-stop: return } } }()
				<-done
			}`, serves.Starter, true},
	})
}

// A goroutine that works when the process gets a signal serves no caller. Neither does one that
// sets up a value that its starter returns, unless it runs a function of the caller.
func TestSignalsAndSettingUp(t *testing.T) {
	idles(t, map[string]idleCase{
		"a signal": {`import "os"
			type s struct { r remote; exits []func() }
			func (s *s) OnExit(f func()) { s.exits = append(s.exits, f) }
			func (s *s) start(n int) { go func() { c := make(chan os.Signal, 1); for range c { for _, f := range s.exits { f() }; _ = n } }() }`,
			serves.Others, true},
		"what is returned": {`type s struct { r remote }
			func (s *s) fill() { s.r.Tell(1) }
			func start(r remote) *s { s := &s{r}; go s.fill(); return s }`, serves.Unclear, true},
		"and a parameter": {`type s struct { r remote }
			func (s *s) fill(n int) { s.r.Tell(n) }
			func start(r remote, n int) *s { s := &s{r}; go s.fill(n); return s }`, serves.Starter, false},
		"and runs a handler": {`type s struct { handlers []func() }
			func (s *s) fill() { for _, h := range s.handlers { h() } }
			func start(handlers []func()) *s { s := &s{handlers}; go s.fill(); return s }`, serves.Unclear, false},
	})
}

// A function that a pool is given is work, also if nothing of the call goes to it.
func TestSubmittedFunctions(t *testing.T) {
	const source = `package p

		var registered func()
		var jobs = make(chan func())
		func submit(f func()) { jobs <- f }
		func call() { submit(registered) }`
	assert.False(t, judgeLast(t, sourcetest.Run(t, serves.Analyzer, source)[0]).Idle)
}

// A call is the body of the last function of a package, with the verdict on the last argument of
// its first call.
type call struct {
	body   string
	answer serves.Answer
}

// judgedCalls judges the arguments of calls that run them elsewhere. Source ends where the body of
// the last function begins.
func judgedCalls(t *testing.T, source string, cases map[string]call) {
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := judgeLast(t, sourcetest.Run(t, serves.Analyzer, source+test.body+" }")[0])
			assert.Equal(t, test.answer, verdict.Answer, verdict.Why)
		})
	}
}

// judgeLast judges the goroutine that runs the last argument of the first call of the last function.
func judgeLast(t *testing.T, action *checker.Action) serves.Verdict {
	t.Helper()
	decls := action.Package.Syntax[0].Decls
	var call *ast.CallExpr
	for n := range ast.Preorder(decls[len(decls)-1]) {
		if c, ok := n.(*ast.CallExpr); ok && call == nil {
			call = c
		}
	}
	return judgeCallback(t, action, call)
}

// A loop that a caller runs may have got functions from that caller; what it starts with these is
// reported, and what it starts with data is not.
func TestStartedByTheLoopOfACaller(t *testing.T) {
	const program = `type message any
		type p struct { messages chan message; r remote }
		func (p *p) batch(fs []func()) { for _, f := range fs { f() } }
		func (p *p) tell(n int) { p.r.Tell(n) }
		`
	judged(t, withRemote(map[string]goroutine{
		"functions": {program + `func (p *p) Run() { for m := range p.messages { go p.batch(m.([]func())) } }`, serves.Unclear, "the loop that starts it"},
		"a wrapper": {program + `func with(f func()) { f() }
			func (p *p) Run() { for m := range p.messages { go with(func() { p.tell(m.(int)) }) } }`, serves.NoStores, ""},
		"data":       {program + `func (p *p) Run() { for m := range p.messages { go p.tell(m.(int)) } }`, serves.NoStores, ""},
		"a server's": {program + `func (p *p) run() { for m := range p.messages { go p.batch(m.([]func())) } }; func (p *p) start() { go p.run() }`, serves.NoStores, ""},
	}))
}
