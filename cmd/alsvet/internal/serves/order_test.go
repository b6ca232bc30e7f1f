package serves_test

import (
	"go/ast"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// Analyzers ask a Judge at the same time, so a verdict must not depend on what was judged before:
// each goroutine of a package is the first to be judged once. These packages have parts that depend
// on each other.
func TestOrder(t *testing.T) {
	const hook = `type s struct { c chan int; hooks []func(int) }
		`
	for name, test := range map[string]struct {
		source  string
		answers []serves.Answer // in the order of the source
	}{
		"functions that call each other": {`
			func first(n int, r remote) { go r.Tell(n); second(n, r) }
			func second(n int, r remote) { go r.Tell(n); first(n, r) }
			func Handle(n int, r remote) { first(n, r) }`,
			[]serves.Answer{serves.Starter, serves.Starter}},
		"servers that call each other": {hook + `
			func first(n int, r remote) { go r.Tell(n); second(n, r) }
			func second(n int, r remote) { go r.Tell(n); first(n, r) }
			func (s *s) loop(r remote) { for n := range s.c { first(n, r) } }
			func (s *s) Start(r remote) { go s.loop(r) }`,
			[]serves.Answer{serves.NoStores, serves.NoStores, serves.Others}},
		"variables that are assigned to each other": {hook + `func (s *s) start(n int) {
				a, b := make(chan int), make(chan int)
				go func() { s.hooks[0](n); close(a) }()
				go func() { s.hooks[0](n); close(b) }()
				a = b
				b = a
				s.c = a
				<-a
				<-b
			}`,
			[]serves.Answer{serves.Unclear, serves.Unclear}},
		"goroutines that wait for each other": {hook + `func later(f func()) { go f() }
			func (s *s) start(n int) {
				a, b, c, d := make(chan int), make(chan int), make(chan int), make(chan int)
				go func() { s.hooks[0](n); close(a) }()
				go func() { s.hooks[0](n); close(b) }()
				later(func() { <-b; <-c; close(d) })
				later(func() { <-a; close(c) })
				<-d
			}`,
			[]serves.Answer{serves.Starter, serves.Unclear, serves.Starter, serves.Starter, serves.Starter}},
		"functions that give their parameters to each other": {hook + `func both(a, b func()) {
				other(a)
				d := make(chan int)
				go func() { b(); close(d) }()
				<-d
			}
			func other(f func()) { both(func() {}, f) }
			func (s *s) start(n int) { both(func() { s.hooks[0](n) }, func() {}) }
			func (s *s) again(n int) { other(func() { s.hooks[0](n) }) }`,
			[]serves.Answer{serves.Starter, serves.Starter, serves.Starter, serves.Starter, serves.Starter}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := "package p\n\n" + test.source + "\ntype remote interface { Tell(int) }"
			for first := range test.answers {
				verdicts := judgeAll(sourcetest.Run(t, serves.Analyzer, source)[0], first)
				for i, verdict := range verdicts {
					assert.Equal(t, test.answers[i], verdict.Answer, "goroutine %d, after %d: %s", i, first, verdict.Why)
				}
			}
		})
	}
}

// judgeAll judges the go statements of a package and the literals that its calls are given, from the
// first one on, and then those before.
func judgeAll(action *checker.Action, first int) []serves.Verdict {
	var judges []func() serves.Verdict
	judge := action.Result.(*serves.Judge)
	for cur := range inspector.New(action.Package.Syntax).Root().Preorder((*ast.GoStmt)(nil), (*ast.CallExpr)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.GoStmt:
			judges = append(judges, func() serves.Verdict { return judge.Goroutine(cur, n.Call.Fun, n.Call.Args) })
		case *ast.CallExpr:
			for _, arg := range n.Args {
				if _, isLit := arg.(*ast.FuncLit); isLit {
					judges = append(judges, func() serves.Verdict { return judge.Goroutine(cur, arg, nil) })
				}
			}
		}
	}
	verdicts := make([]serves.Verdict, len(judges))
	for i := range judges {
		k := (first + i) % len(judges)
		verdicts[k] = judges[k]()
	}
	return verdicts
}
