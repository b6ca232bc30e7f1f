package serves_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// A function that its starter waits for may serve others meanwhile, as its name says.
func TestServesWhileItsStarterWaits(t *testing.T) {
	const wait = "import \"sync\"\n"
	judged(t, map[string]goroutine{
		"Start of an interface": {wait + `type server interface{ Start(int) error }
			func run(s server, n int) {
				var wg sync.WaitGroup
				wg.Add(1)
				go func() { defer wg.Done(); _ = s.Start(n) }()
				wg.Wait()
			}`,
			serves.Unclear, "may work for others while its starter waits"},
		"Run of a task": {wait + `type task interface{ Run(int) error }
			func run(s task, n int) {
				var wg sync.WaitGroup
				wg.Add(1)
				go func() { defer wg.Done(); _ = s.Run(n) }()
				wg.Wait()
			}`,
			serves.Starter, ""},
		"Start of a tracer": {wait + `type span struct{ n int }
			type tracer interface{ Start(int) *span }
			func run(s tracer, n int) {
				var wg sync.WaitGroup
				wg.Add(1)
				go func() { defer wg.Done(); _ = s.Start(n) }()
				wg.Wait()
			}`,
			serves.Starter, ""},
	})
}

// A starter that waits until a goroutine has begun does not wait for its end.
func TestWaitsForTheBeginning(t *testing.T) {
	const group = "import \"sync\"\ntype remote interface{ Load() error }\ntype s struct{ r remote }\n"
	judged(t, map[string]goroutine{
		"first statement": {group + `func (s *s) start() {
				var begun sync.WaitGroup
				begun.Add(1)
				go func() { begun.Done(); for { s.r.Load() } }()
				begun.Wait()
			}`,
			serves.Unclear, "loops for ever"},
		"first statement, of work": {group + `func (s *s) start() {
				var begun sync.WaitGroup
				begun.Add(1)
				go func() { begun.Done(); for { if s.r.Load() != nil { return } } }()
				begun.Wait()
			}`,
			serves.Unclear, "nothing here shows for how long"},
		"first statement, of another group": {group + `var begun sync.WaitGroup
			func (s *s) start() {
				var done sync.WaitGroup
				done.Add(1)
				go func() { begun.Done(); for { if s.r.Load() != nil { break } }; done.Done() }()
				done.Wait()
			}`,
			serves.Starter, ""},
		"first statement, but to begin": {group + `func (s *s) start() {
				var done sync.WaitGroup
				go func() { done.Add(1); for { if s.r.Load() != nil { break } }; done.Done() }()
				done.Wait()
			}`,
			serves.Starter, ""},
		"last statement": {group + `func (s *s) start() {
				var done sync.WaitGroup
				done.Add(1)
				go func() { s.r.Load(); done.Done() }()
				done.Wait()
			}`,
			serves.Starter, ""},
	})
}

// A literal that a function registers, returns or hands to another goroutine runs later: the
// function does not wait in it.
func TestWaitsLater(t *testing.T) {
	const begin = `import ("slices"; "sync"; "testing"; "time"; "github.com/seed-1938943e/goroutine/als")
		var user als.Storage[int]
		var _ = slices.Max[[]int]
		var _ sync.Mutex
		var _ *testing.T
		var _ time.Duration
		type group interface { Go(func()); Wait() }
		type server interface { Run(int) error }
		func `
	const started = "done := make(chan error); go func() { done <- s.Run(1) }(); "
	now := func(wait string) goroutine {
		return goroutine{begin + "start(s server, t *testing.T) { " + started + wait + " }", serves.Starter, ""}
	}
	later := func(wait string) goroutine {
		return goroutine{begin + "start(s server, t *testing.T) { " + started + wait + " }", serves.Unclear, "s.Run"}
	}
	judged(t, map[string]goroutine{
		"a cleanup of a test":            later("t.Cleanup(func() { <-done })"),
		"a timer":                        later("time.AfterFunc(0, func() { <-done })"),
		"a variable that is registered":  later("wait := func() { <-done }; t.Cleanup(wait)"),
		"a call in what is registered":   later("wait := func() { <-done }; t.Cleanup(func() { wait() })"),
		"deferred in what is registered": later("t.Cleanup(func() { defer func() { <-done }() })"),
		"a function that is made of it":  later("_ = sync.OnceFunc(func() { <-done })"),
		"bound":                          later("_ = als.Bind(func() { <-done })"),
		"two that wait for each other":   later("var g group; next := make(chan int); g.Go(func() { <-done; next <- 1 }); g.Go(func() { <-next; done <- nil })"),
		"another goroutine":              later("go func() { <-done }()"),
		"one of a group":                 later("var g group; g.Go(func() { <-done })"),
		"returned":                       {begin + "start(s server) func() { " + started + "return func() { <-done } }", serves.Unclear, "s.Run"},
		"returned in a variable":         {begin + "start(s server) func() { " + started + "wait := func() { <-done }; return wait }", serves.Unclear, "s.Run"},
		"of a function that keeps it":    {begin + "start(s server) { " + started + "keep(func() { <-done }) }; var kept func(); func keep(f func()) { kept = f }", serves.Unclear, "s.Run"},

		"called":                      now("func() { <-done }()"),
		"called by a variable":        now("wait := func() { <-done }; wait()"),
		"deferred by a variable":      now("wait := func() { <-done }; defer wait()"),
		"in a Run":                    now("user.Run(1, func() { <-done })"),
		"a subtest":                   now(`t.Run("", func(*testing.T) { <-done })`),
		"a list":                      now("slices.IndexFunc([]int{1}, func(int) bool { <-done; return true })"),
		"once":                        now("var once sync.Once; once.Do(func() { <-done })"),
		"of a function that calls it": {begin + "start(s server) { " + started + "call(func() { <-done }) }; func call(f func()) { f() }", serves.Starter, ""},
		"a group that is waited for":  now("var g group; g.Go(func() { <-done }); g.Wait()"),
		"deferred":                    {begin + "start(s server) { done := make(chan error); defer func() { <-done }(); go func() { done <- s.Run(1) }() }", serves.Starter, ""},
		"a group, deferred": {begin + "start(s server) { var g sync.WaitGroup; g.Add(1); defer func() { println(); g.Wait() }(); go func() { defer g.Done(); s.Run(1) }() }",
			serves.Starter, ""},
		"a group, deferred by a loop without an end": {begin + "start(s server, c <-chan int) { var g sync.WaitGroup; defer func() { println(); g.Wait() }(); for { n := <-c; if n < 0 { return }; g.Add(1); go func() { defer g.Done(); s.Run(n) }() } }",
			serves.Unclear, "s.Run"},
		"before, and not deferred": {begin + "start(s server) { var g sync.WaitGroup; g.Wait(); g.Add(1); go func() { defer g.Done(); s.Run(1) }() }",
			serves.Unclear, "s.Run"},
	})
}

// A function that starts many goroutines is judged in the time that it takes to read it, and not
// in that of all orders in which they could wait for each other.
func TestManyThatWait(t *testing.T) {
	const each = "next := make(chan int); g.Go(func() { <-next; s.Run(1) })\n"
	judged(t, map[string]goroutine{
		"a group": {"type group interface { Go(func()); Wait() }; type server interface { Run(int) error }\n" +
			"func start(s server, g group) { done := make(chan error); go func() { done <- s.Run(1) }()\n" + strings.Repeat("{ "+each+" }\n", 40) + "}",
			serves.Unclear, "s.Run"},
	})
}

// A context that a field's function cancels ends when others call that.
func TestOthersCancel(t *testing.T) {
	const source = "import \"context\"\ntype remote interface{ Load() error }\ntype s struct{ stop func(); r remote }\n" +
		"func work(ctx context.Context, r remote) { for { select { case <-ctx.Done(): return; default: r.Load() } } }\n"
	judged(t, map[string]goroutine{
		"kept":             {source + "func (s *s) start(r remote) { ctx, cancel := context.WithCancel(context.Background()); s.stop = cancel; go work(ctx, r) }", serves.Others, "ctx.Done()"},
		"field":            {source + "func (s *s) start(r remote) { var ctx context.Context; ctx, s.stop = context.WithCancel(context.Background()); go work(ctx, r) }", serves.Others, "ctx.Done()"},
		"package variable": {source + "var stop func(); func (s *s) start(r remote) { var ctx context.Context; ctx, stop = context.WithCancel(context.Background()); go work(ctx, r) }", serves.Others, "ctx.Done()"},
		"local":            {source + "func (s *s) start(r remote) { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); go work(ctx, r) }", serves.Starter, ""},
		"parameter":        {source + "func (s *s) start(ctx context.Context, r remote) { ctx, cancel := context.WithCancel(ctx); defer cancel(); go work(ctx, r) }", serves.Starter, ""},
		"parameter, before that": {source + `func (s *s) start(ctx context.Context, r remote) {
			go work(ctx, r)
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
		}`, serves.Unclear, "ctx.Done()"},
		"parameter, perhaps": {source + `func (s *s) start(ctx context.Context, r remote, own bool) {
			cancel := func() {}
			if own {
				ctx, cancel = context.WithCancel(ctx)
			}
			defer cancel()
			go work(ctx, r)
		}`, serves.Unclear, "ctx.Done()"},
		"parameter, kept": {source + "func (s *s) start(ctx context.Context, r remote) { ctx, cancel := context.WithCancel(ctx); s.stop = cancel; go work(ctx, r) }", serves.Unclear, "ctx.Done()"},
	})
}

// A function that finds a value in a table of the package returns what others share.
func TestOutOfATable(t *testing.T) {
	const hub = `type hub struct{ in chan func() }
		var hubs = map[string]*hub{}
		func find(name string) *hub { h := hubs[name]; return h }
		func open(name string) *hub { h := &hub{in: make(chan func())}; return h }
		`
	judged(t, map[string]goroutine{
		"found": {hub + "func start(name string) { go func() { h := find(name); for f := range h.in { f() } }() }", serves.Others, "ranges over the channel h.in"},
		"made":  {hub + "func start(name string) { go func() { h := open(name); for f := range h.in { f() } }() }", serves.Starter, ""},
	})
}

// A function that only calls a method of its parameter works for others, which may have registered
// that. A listener gets the events of all callers, so that nothing is reported.
func TestTellsAListener(t *testing.T) {
	for name, g := range map[string]struct {
		fun  string
		why  string
		idle bool
	}{
		"a listener":             {"notify(func(l listener) { l.Started(1) })", "it calls l.Started of what it is given", true},
		"a connection":           {"with(func(c conn) { c.Started(1) })", "it calls c.Started of what it is given", false},
		"one that reads a store": {"tell(func(l ourListener) { l.started(1) })", "it calls l.started of what it is given", false},
		"its own, too":           {"notify(func(l listener) { r.Tell(n); l.Started(1) })", "", false},
		"and no listener":        {"notify(func(listener) { r.Tell(n) })", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actions := sourcetest.Run(t, serves.Analyzer, `package p

				import "github.com/seed-1938943e/goroutine/als"

				`+remote+`
				var user als.Storage[string]
				type listener interface{ Started(int) }
				type conn interface{ Started(int) }
				func notify(f func(listener)) { go f(nil) }
				func with(f func(conn)) { go f(nil) }
				type ourListener interface { started(int) }
				type ours struct{}
				func (ours) started(int) { user.Get() }
				func tell(f func(ourListener)) { go f(nil) }
				func begin(r remote, n int) { `+g.fun+` }`)
			verdict := judgeLast(t, actions[0])
			if g.why == "" {
				assert.Equal(t, serves.Starter, verdict.Answer, verdict.Why)
				return
			}
			assert.Equal(t, serves.Unclear, verdict.Answer)
			assert.Contains(t, verdict.Why, g.why)
			assert.Equal(t, g.idle, verdict.Idle)
		})
	}
}
