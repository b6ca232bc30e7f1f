package serves_test

import (
	"go/ast"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// A starter that receives one of many values does not wait for the goroutine, unless that ends after it.
func TestReceivesOneOfMany(t *testing.T) {
	const scan = `import "bufio"
		func start(r remote, s *bufio.Scanner) string {
			lines := make(chan string)
			go func() { for s.Scan() { r.Tell(1); lines <- s.Text()%s } }()
			`
	judged(t, withRemote(map[string]goroutine{
		"one":            {of(scan, "") + `return <-lines }`, serves.Unclear, "calls Scan in a loop"},
		"one, in a loop": {of(scan, "") + `for range 3 { println(<-lines) }; return "" }`, serves.Starter, ""},
		"one, of a function": {`func start(r remote) int { c := make(chan int); go send(r, c); return <-c }
			func send(r remote, c chan<- int) { for { r.Tell(1); c <- 1; if r == nil { return } } }`, serves.Unclear, "nothing here shows"},
		"one, and it returns": {of(scan, "; return") + `return <-lines }`, serves.Starter, ""},
	}))
}

func of(source, end string) string {
	before, after, _ := strings.Cut(source, "%s")
	return before + end + after
}

// A call of another package may last for longer than the starter: what it does says its name,
// what it is given, or what it copies.
func TestCallsThatLast(t *testing.T) {
	const server = `import ("context"; "io"; "net"; "os"; "time")
		var _ time.Duration
		type informer interface { Run(context.Context) error; Sync(context.Context); Follow(<-chan struct{}); Load(int) }
		type s struct { ctx context.Context; done chan struct{}; i informer; in io.Reader; l net.Listener; cmd *os.Process; r remote }
		`
	judged(t, withRemote(map[string]goroutine{
		"by its name":          {server + `func (s *s) start(ctx context.Context) { go func() { s.i.Run(ctx) }() }`, serves.Unclear, "s.i.Run"},
		"and waited for":       {server + `func (s *s) start(ctx context.Context) { done := make(chan bool); go func() { s.i.Run(ctx); close(done) }(); <-done }`, serves.Starter, ""},
		"by a context it has":  {server + `func (s *s) start(n int) { go func() { s.i.Load(n); s.i.Sync(s.ctx) }() }`, serves.Unclear, "until s.ctx ends"},
		"by one of the caller": {server + `func (s *s) start(ctx context.Context) { go func() { s.i.Sync(ctx) }() }`, serves.Starter, ""},
		"by a channel":         {server + `func (s *s) start(n int) { go func() { s.i.Load(n); s.i.Follow(s.done) }() }`, serves.Unclear, "may run on"},
		"as it copies":         {server + `func (s *s) start(w io.Writer, n int) { go func() { io.Copy(w, s.in); s.i.Load(n) }() }`, serves.Unclear, "copies from s.in"},
		"what it made itself":  {server + `func (s *s) start(w io.Writer, n int) { go func() { io.Copy(w, io.LimitReader(nil, 1)); s.i.Load(n) }() }`, serves.Starter, ""},
		"as it accepts":        {server + `func (s *s) start(n int) { go func() { s.l.Accept(); s.i.Load(n) }() }`, serves.Unclear, "s.l"},
		"for a process":        {server + `func (s *s) start(n int) { go func() { s.cmd.Wait(); s.i.Load(n) }() }`, serves.Unclear, "s.cmd.Wait"},
		"below more calls":     {server + `func (s *s) start(ctx context.Context) { go s.a(ctx) }; func (s *s) a(c context.Context) { s.b(c) }; func (s *s) b(c context.Context) { s.i.Run(c) }`, serves.Unclear, "s.i.Run"},
		"it produces": {server + `func (s *s) start() <-chan int { c := make(chan int); go func() { s.l.Accept(); s.r.Tell(1); c <- 1 }(); return c }`,
			serves.Unclear, "s.l"},
	}))
}

// A loop whose condition compares times ends. One whose condition takes work out of what is
// shared serves others for as long as its starter waits.
func TestLoopsByCondition(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"until a time": {`import "time"
			type s struct { r remote; timeout time.Duration }
			func (s *s) start(n int, end time.Time) { go func() { for time.Now().Before(end) { s.r.Tell(n) } }() }`, serves.Starter, ""},
		"takes work": {`import "sync"
			type s struct { r remote }
			func (s *s) next(n int) bool { s.r.Tell(n); return true }
			func (s *s) start(n int) { var wg sync.WaitGroup; wg.Add(1); go func() { defer wg.Done(); for s.next(n) {} }(); wg.Wait() }`,
			serves.Unclear, "works while s.next(n)"},
		"only waits": {`import "sync"
			type s struct { r remote; ready bool }
			func (s *s) isReady() bool { return s.ready }
			func (s *s) start(n int) { var wg sync.WaitGroup; wg.Add(1); go func() { defer wg.Done(); for !s.isReady() {}; s.r.Tell(n) }(); wg.Wait() }`,
			serves.Starter, ""},
	}))
}

// A caller waits for a goroutine that calls Done of a WaitGroup of the call, so it does not serve a
// server alone. It may be the helper of one, so that a WaitGroup in a field says nothing.
func TestAwaited(t *testing.T) {
	const run = `import "sync"
		type w struct { r remote; all sync.WaitGroup }
		func (w *w) run(wg *sync.WaitGroup) { defer wg.Done(); for { w.r.Tell(1) } }
		func (w *w) deeper() { for { w.r.Tell(1); var wg sync.WaitGroup; wg.Add(1); w.once(&wg) } }
		func (w *w) once(wg *sync.WaitGroup) { defer wg.Done() }
		`
	judged(t, withRemote(map[string]goroutine{
		"of the call": {run + `func (w *w) start(wg *sync.WaitGroup) { wg.Add(1); go w.run(wg) }`, serves.Unclear, "for ever"},
		"of a field":  {run + `func (w *w) start() { w.all.Add(1); go w.run(&w.all) }`, serves.Others, "for ever"},
		"of another":  {run + `func (w *w) start() { go w.deeper() }`, serves.Others, "for ever"},
	}))
}

// The reason says where the work comes from rather than what ends the goroutine, and of a map or
// a quota no more than is known.
func TestReasons(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"work before its end": {`type s struct { r remote; stop chan struct{}; jobs chan func() }
			func (s *s) start() { go func() { for { select { case <-s.stop: return; case job := <-s.jobs: job() } } }() }`,
			serves.Others, "receives in a loop from s.jobs"},
		"its end": {`type s struct { r remote; stop chan struct{} }
			func (s *s) start() { go func() { for { select { case <-s.stop: return; default: s.r.Tell(1) } } }() }`,
			serves.Others, "runs until s.stop ends it"},
		"a signal": {`type s struct { r remote; wake chan struct{} }
			func (s *s) start() { go func() { for { select { case <-s.wake: s.r.Tell(1) } } }() }`,
			serves.Others, "receives in a loop from s.wake"},
		"a quota": {`type s struct { r remote; running, most int }
			func (s *s) start() { if s.running < s.most { s.running++; go s.r.Tell(1) } }`,
			serves.Others, "a test of s.running, which others change"},
		"a map": {`type s struct { r remote; seen map[string]bool }
			func (s *s) start(key string) { if !s.seen[key] { s.seen[key] = true; go s.r.Tell(1) } }`,
			serves.Others, "a test of s.seen[key], which others change"},
		"a mark": {`type s struct { r remote; started bool }
			func (s *s) start() { if !s.started { s.started = true; go s.r.Tell(1) } }`,
			serves.Others, "guarded by s.started"},
	}))
}

// A stage of a pipeline serves the receivers of its results, which nothing here shows.
func TestStageOfPipeline(t *testing.T) {
	const stage = `type stream struct { source <-chan int; r remote }
		func of(c <-chan int) stream { return stream{source: c} }
		`
	judged(t, withRemote(map[string]goroutine{
		"given to what is returned": {stage + `func (s stream) walk() stream { c := make(chan int); go func() { for n := range s.source { s.r.Tell(n); c <- n }; close(c) }(); return of(c) }`,
			serves.Unclear, "ranges over"},
		"kept": {stage + `func (s *stream) walk() { c := make(chan int); s.source = c; go func() { for n := range s.source { s.r.Tell(n); c <- n }; close(c) }() }`,
			serves.Others, "ranges over"},
	}))
}

// A goroutine that waits for an end and is started once is no piece of work.
func TestWaitsForEndOnce(t *testing.T) {
	const once = `type s struct { r remote; started bool; end chan struct{} }
		func (s *s) start(n int) { if s.started { return }; s.started = true; go func() { %s; s.r.Tell(n) }() }`
	idles(t, map[string]idleCase{
		"waits": {of(once, "<-s.end"), serves.Others, true},
		"works": {of(once, "n++"), serves.Others, false},
		"runs":  {`type elector interface { Run(int) };` + of(once, "elector(nil).Run(n); <-s.end"), serves.Others, false},
	})
}

// In a function that only main calls no store can be in place, unless something there sets one.
// A function that another runs with stores of its own has these.
func TestOnlyMainCalls(t *testing.T) {
	const program = `import "github.com/seed-1938943e/goroutine/als"
		type remote interface { Tell(int) }
		var user als.Storage[string]
		func run(r remote) { go r.Tell(1) }
		func with(f func()) { user.Run("a", func() { f() }) }
		func just(f func()) { f() }
		`
	for name, test := range map[string]struct {
		main   string
		answer serves.Answer
	}{
		"a call":                {`func main() { run(nil) }`, serves.NoStores},
		"by a function between": {`func main() { a() }; func a() { run(nil) }`, serves.NoStores},
		"in a literal":          {`func main() { just(func() { run(nil) }) }`, serves.NoStores},
		"with a store":          {`func main() { user.Run("a", func() { run(nil) }) }`, serves.Starter},
		"with one by a helper":  {`func main() { with(func() { run(nil) }) }`, serves.Starter},
		"before a store":        {`func main() { run(nil); user.Run("a", func() {}) }`, serves.NoStores},
		"of a variable":         {`func main() {}; var started = a(); func a() bool { run(nil); return true }`, serves.NoStores},
		"below EnterWith":       {`func main() { user.EnterWith("a"); run(nil) }`, serves.Starter},
		"not called":            {`func main() {}`, serves.Starter},
		"exported":              {`func main() { Run() }; func Run() { run(nil) }`, serves.Starter},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actions := sourcetest.Run(t, serves.Analyzer, "package main\n\n"+program+test.main)
			assert.Equal(t, test.answer, judge(t, actions[0]).Answer)
		})
	}
}

// A method that is behind an exported interface of the package may be called from anywhere.
func TestBehindExportedInterface(t *testing.T) {
	const manager = `type manager struct { r remote; jobs chan func() }
		type starter interface { Start(int) }
		func (m *manager) Start(n int) { go m.r.Tell(n) }
		func (m *manager) loop() { for job := range m.jobs { job(); var s starter = m; s.Start(1) } }
		func New() any { m := &manager{jobs: make(chan func())}; go m.loop(); return m }
		`
	for name, test := range map[string]struct {
		source string
		answer serves.Answer
	}{
		"unexported": {manager, serves.NoStores},
		"exported":   {manager + `type Manager interface { Start(int) }`, serves.Starter},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actions := sourcetest.Run(t, serves.Analyzer, "package p\n\n"+remote+test.source)
			stmt := sourcetest.Find(t, actions[0], func(stmt *ast.GoStmt) bool { return len(stmt.Call.Args) == 1 })
			cur, ok := inspector.New(actions[0].Package.Syntax).Root().FindNode(stmt)
			require.True(t, ok)
			assert.Equal(t, test.answer, actions[0].Result.(*serves.Judge).Goroutine(cur, stmt.Call.Fun, stmt.Call.Args).Answer)
		})
	}
}

// A mark that is only set on the way to a return starts nothing: the goroutine begins where that was
// not done.
func TestMarkOnAnotherWay(t *testing.T) {
	judged(t, withRemote(map[string]goroutine{
		"set before a return": {`type request struct { seen []byte }
			func start(r remote, q *request) { if len(q.seen) == 0 { q.seen = make([]byte, 8); r.Tell(0); return }; go r.Tell(1) }`,
			serves.Starter, ""},
		"set again later": {`type request struct { seen []byte }
			func start(r remote, q *request) { if len(q.seen) > 7 { q.seen = make([]byte, 8); return }; q.seen = q.seen[:7]; go r.Tell(1) }`,
			serves.Others, "a test of q.seen"},
	}))
}

// A worker that takes its work from a channel which its starter keeps may also end with a context.
func TestWorkersOfOwnChannel(t *testing.T) {
	const jobs = `import "context"
		type server struct { jobs chan int; done chan struct{}; r remote }
		`
	judged(t, withRemote(map[string]goroutine{
		"the starter's context": {jobs + `func start(c context.Context, r remote, list []int) {
				work := make(chan int)
				go func() { for { select { case <-c.Done(): return; case n, ok := <-work: if !ok { return }; r.Tell(n) } } }()
				for _, n := range list { work <- n }; close(work) }`, serves.Starter, ""},
		"a signal of others": {jobs + `func (s *server) start(_ context.Context, r remote, list []int) {
				work := make(chan int)
				go func() { for { select { case <-s.done: return; case n, ok := <-work: if !ok { return }; r.Tell(n) } } }()
				for _, n := range list { work <- n }; close(work) }`, serves.Others, "s.done"},
		"work of others, too": {jobs + `func (s *server) start(c context.Context, list []int) {
				work := make(chan int)
				go func() { for { select { case <-c.Done(): return; case n := <-s.jobs: s.r.Tell(n); case n, ok := <-work: if !ok { return }; s.r.Tell(n) } } }()
				for _, n := range list { work <- n }; close(work) }`, serves.Others, "s.jobs"},
		"no work": {jobs + `func start(c context.Context, r remote) { go func() { for { select { case <-c.Done(): return; default: r.Tell(1) } } }() }`,
			serves.Unclear, "runs until c.Done() ends it"},
	}))
}
