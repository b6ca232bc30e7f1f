package serves_test

import (
	"go/ast"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// What its starter waits for may serve others meanwhile, as its name says.
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

// Who waits until a goroutine has begun does not wait for its end.
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
		"last statement": {group + `func (s *s) start() {
				var done sync.WaitGroup
				done.Add(1)
				go func() { s.r.Load(); done.Done() }()
				done.Wait()
			}`,
			serves.Starter, ""},
	})
}

// A context that a field's function cancels ends when others say so.
func TestOthersCancel(t *testing.T) {
	const source = "import \"context\"\ntype remote interface{ Load() error }\ntype s struct{ stop func(); r remote }\n" +
		"func work(ctx context.Context, r remote) { for { select { case <-ctx.Done(): return; default: r.Load() } } }\n"
	judged(t, map[string]goroutine{
		"kept":  {source + "func (s *s) start(r remote) { ctx, cancel := context.WithCancel(context.Background()); s.stop = cancel; go work(ctx, r) }", serves.Others, "ctx.Done()"},
		"field": {source + "func (s *s) start(r remote) { var ctx context.Context; ctx, s.stop = context.WithCancel(context.Background()); go work(ctx, r) }", serves.Others, "ctx.Done()"},
		"local": {source + "func (s *s) start(r remote) { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); go work(ctx, r) }", serves.Starter, ""},
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

// A function that only calls a method of what it is given works for who registered that.
func TestTellsAListener(t *testing.T) {
	for name, g := range map[string]struct {
		fun string
		why string
	}{
		"a listener":  {"func(l listener) { l.Started(1) }", "it calls l.Started of what it is given"},
		"its own":     {"func(l listener) { r.Tell(n); l.Started(1) }", ""},
		"a plain one": {"func(listener) { r.Tell(n) }", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actions := sourcetest.Run(t, serves.Analyzer, "package p\n"+remote+`
				type listener interface{ Started(int) }
				func notify(f func(listener)) { go f(nil) }
				func begin(r remote, n int) { notify(`+g.fun+`) }`)
			call := sourcetest.Find(t, actions[0], func(call *ast.CallExpr) bool {
				id, ok := call.Fun.(*ast.Ident)
				return ok && id.Name == "notify"
			})
			cur, ok := inspector.New(actions[0].Package.Syntax).Root().FindNode(call)
			require.True(t, ok)
			verdict := actions[0].Result.(*serves.Judge).Goroutine(cur, call.Args[0], nil)
			if g.why == "" {
				assert.Equal(t, serves.Starter, verdict.Answer, verdict.Why)
				return
			}
			assert.Equal(t, serves.Unclear, verdict.Answer)
			assert.Contains(t, verdict.Why, g.why)
		})
	}
}
