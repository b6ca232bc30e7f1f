// Package gostmt defines the analyzer of go statements.
package gostmt

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/check"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/rewrite"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

const doc = `report goroutines that have the wrong stores of als

A goroutine that a plain go statement starts has no stores. Where it could read one,
in a module that uses als and a program without als/inherit, start it with als.Go:

	go handle(conn, next())

becomes

	{
		req := next()
		als.Go(func() { handle(conn, req) })
	}

The fix evaluates the function, the receiver and the arguments where the go
statement evaluated them. The fixed package is type-checked; there is no fix if a
name in it would refer to something else.

A goroutine that also works for other callers, such as the loop of a worker or of a
connection, must not have the stores of the caller that starts it: the work of the others
would see them. Such a goroutine gets a finding without a fix, and als.Go of it is
reported. Keep the go statement, bind what callers submit with als.Bind, and silence the
finding with a reason if no job reads a store. With -loops=false these goroutines are not
reported.

These goroutines are not reported:

  - those that read no store and call nothing that could
  - those that only end something, such as go conn.Close(), or wait for a signal
  - those that accept connections, tick, read from a connection or set up what the
    function returns, unless they run functions or jobs that callers handed over
  - those that only work when a ticker says so, unless the function waits for them, and
    those that do so for all callers, unless they run jobs that these handed over
  - those that print with package log, and those that may work for others and could read a
    store only where they log; with -logs, they are
  - those started where no store can be set: in main, in init, and in loops that work for
    all callers
  - those that begin with a Run, WithScope or EnterWith of their own
  - those in tests; with -tests, they are

If a function starts a parameter, the analyzer callback reports its callers instead.

With als/inherit a go statement carries the stores. Reported is then a goroutine that is
started once for all callers, below a sync.Once or lazily into a field, since it keeps
the stores of the first, unless inherit.Detach is called with its function.`

// Analyzer reports go statements that lose stores, and calls of als.Go that give one
// request's stores to a goroutine that also works for others.
var Analyzer = &analysis.Analyzer{
	Name:     "gostmt",
	Doc:      doc,
	Requires: check.Requires(),
	Run:      run,
}

var forbid, tests, inherit, loops, logs bool

func init() {
	Analyzer.Flags.BoolVar(&forbid, "forbid", false, "report every go statement, in every package")
	Analyzer.Flags.BoolVar(&tests, "tests", false, "also report go statements in tests")
	Analyzer.Flags.BoolVar(&loops, "loops", true, "also report goroutines that work for other callers")
	Analyzer.Flags.BoolVar(&logs, "logs", false, "also report goroutines that could read a store only where they log")
	Analyzer.Flags.BoolVar(&inherit, "inherit", false, "the programs import als/inherit; a go statement carries the stores")
}

// A checker checks one package.
type checker struct {
	check.Base
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{check.New(pass)}
	if c.Flow.LeftOut && !forbid {
		return nil, nil
	}
	for cur := range c.Flow.Root.Preorder((*ast.GoStmt)(nil), (*ast.CallExpr)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.GoStmt:
			c.goStmt(cur, n)
		case *ast.CallExpr:
			if !c.Flow.LeftOut {
				c.started(cur, n)
			}
		}
	}
	c.Report()
	return nil, nil
}

const (
	loses     = "the goroutine starts without the caller's stores: use als.Go"
	unclear   = "the goroutine starts without the caller's stores: use als.Go if it works only for this caller (%s)"
	forOthers = "the goroutine also works for other callers (%s), which would see this caller's stores with als.Go: " +
		"keep the go statement and bind what callers submit with als.Bind, or silence this finding with a reason"
	givesAway = "the goroutine also works for other callers (%s), and als.Go shows them this caller's stores: " +
		"use a go statement and bind what callers submit with als.Bind, or call inherit.Detach if the program imports als/inherit"
	keepsFirst = "the goroutine also works for other callers (%s), and with als/inherit it keeps the first caller's stores: " +
		"call inherit.Detach with its function"
)

func message(v serves.Verdict) (text string, fixable bool) {
	switch v.Answer {
	case serves.Others:
		return fmt.Sprintf(forOthers, v.Why), false
	case serves.Unclear:
		return fmt.Sprintf(unclear, v.Why), false
	}
	return loses, true
}

// goStmt checks a go statement.
func (c *checker) goStmt(cur inspector.Cursor, stmt *ast.GoStmt) {
	if endsScope(c.Pass.TypesInfo, stmt.Call) {
		return // the analyzer scopeend reports it
	}
	d := analysis.Diagnostic{Pos: stmt.Pos(), End: stmt.End(), Message: "go statement: use als.Go"}
	active, fixable := forbid, true
	if verdict, loses, silent := c.Loses(cur, check.Settings{Tests: tests, Inherit: inherit, Logs: logs}); loses {
		if silent && !forbid {
			return
		}
		d.Message, fixable = message(verdict)
		active = active || loops || verdict.Answer != serves.Others
	} else if text := c.keepsFirst(cur, stmt); text != "" {
		d.Message, active, fixable = text, true, false
	}
	var forms func() []rewrite.Form
	if fixable && c.Uses.Uses(stmt.Pos()) {
		forms = func() []rewrite.Form { return fixes(c.Pass, stmt) }
	}
	c.Add(active, d, forms)
}

// keepsFirst returns the message about a goroutine that carries the stores of the first
// caller, "" for others.
func (c *checker) keepsFirst(cur inspector.Cursor, stmt *ast.GoStmt) string {
	pos := stmt.Pos()
	if !loops || !inherit && !c.Uses.Inherits(pos) || !c.Uses.Uses(pos) || !tests && usage.IsTest(c.Pass, pos) ||
		place.WithoutStores(c.Pass, cur) || c.OwnContext(stmt.Call.Fun) || c.detached(stmt.Call.Fun) {
		return ""
	}
	verdict := c.Judge.Goroutine(cur, stmt.Call.Fun, stmt.Call.Args)
	if verdict.Answer != serves.Others || !verdict.Once {
		return ""
	}
	return fmt.Sprintf(keepsFirst, verdict.Why)
}

// detached reports whether the package calls inherit.Detach with one of the functions
// that fun may be, or names functions to detach in a way that cannot be followed.
func (c *checker) detached(fun ast.Expr) bool {
	funcs := c.Flow.Callees(fun).Funcs
	for cur := range c.Flow.Root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if known.Is(c.Pass.TypesInfo, call, known.Inherit+".DetachNamed") {
			return true
		}
		if known.Is(c.Pass.TypesInfo, call, known.Inherit+".Detach") && len(call.Args) == 1 {
			for _, f := range c.Flow.Callees(call.Args[0]).Funcs {
				if slices.Contains(funcs, f) {
					return true
				}
			}
		}
	}
	return false
}

// started checks a call of als.Go.
func (c *checker) started(cur inspector.Cursor, call *ast.CallExpr) {
	if !known.Is(c.Pass.TypesInfo, call, known.Func("Go")) || len(call.Args) != 1 ||
		!tests && usage.IsTest(c.Pass, call.Pos()) || place.WithoutStores(c.Pass, cur) ||
		c.OwnContext(call.Args[0]) || !c.Flow.CouldRead(call.Args[0], nil) {
		return
	}
	verdict := c.Judge.Goroutine(cur, call.Args[0], nil)
	if verdict.Answer == serves.Others {
		c.Comments.Report(c.Pass, loops, analysis.Diagnostic{
			Pos:     call.Pos(),
			End:     call.End(),
			Message: fmt.Sprintf(givesAway, verdict.Why),
		})
	}
}

// endsScope reports whether a call ends a scope of als.
func endsScope(info *types.Info, call *ast.CallExpr) bool {
	return known.Is(info, call, known.ValueMethod("Scope", "End"))
}
