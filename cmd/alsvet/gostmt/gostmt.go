// Package gostmt defines the analyzer of go statements.
package gostmt

import (
	"go/ast"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/directive"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

const doc = `report go statements that lose the stores of als

A goroutine that a plain go statement starts has no stores. In a package that uses
als, directly or through packages of its module, and where als/inherit is not in
the program, the goroutine is better started with als.Go:

	go handle(conn, next())

becomes

	{
		req := next()
		als.Go(func() { handle(conn, req) })
	}

The fix evaluates the function, the receiver and the arguments where the go
statement evaluated them.

A goroutine that loops for as long as it lives may serve others than who started it,
and should then not have that one's stores: silence the finding with a reason, and
bind what the loop is given to do. The message tells them apart, and with -loops=false
they are not reported.

Nothing is reported in tests, directly in main and init where no store can be yet,
and where the goroutine begins with a Run, WithScope or EnterWith of its own.`

// Analyzer reports go statements that lose stores.
var Analyzer = &analysis.Analyzer{
	Name:     "gostmt",
	Doc:      doc,
	Requires: []*analysis.Analyzer{inspect.Analyzer, usage.Analyzer, directive.Analyzer},
	Run:      run,
}

var forbid, tests, inherit, loops bool

func init() {
	Analyzer.Flags.BoolVar(&forbid, "forbid", false, "report every go statement, in every package")
	Analyzer.Flags.BoolVar(&tests, "tests", false, "report go statements in tests, too")
	Analyzer.Flags.BoolVar(&loops, "loops", true, "report goroutines that spend their life in a loop, too")
	Analyzer.Flags.BoolVar(&inherit, "inherit", false, "the programs import als/inherit; report nothing but what -forbid does")
}

func run(pass *analysis.Pass) (any, error) {
	uses := pass.ResultOf[usage.Analyzer].(*usage.Result)
	comments := pass.ResultOf[directive.Analyzer].(*directive.Index)
	root := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root()
	for cur := range root.Preorder((*ast.GoStmt)(nil)) {
		stmt := cur.Node().(*ast.GoStmt)
		d := analysis.Diagnostic{Pos: stmt.Pos(), End: stmt.End(), Message: "go statement: use als.Go"}
		active := forbid
		if !inherit && loses(pass, uses, cur, stmt) {
			d.Message = "the goroutine starts without the caller's stores: use als.Go"
			loop := isLoop(pass, stmt.Call)
			if loop {
				d.Message += ", or bind what this loop is given to do"
			}
			active = active || loops || !loop
		}
		if active && uses.Uses(stmt.Pos()) {
			d.SuggestedFixes = fix(pass, stmt)
		}
		comments.Report(pass, active, d)
	}
	return nil, nil
}

// loses reports whether a goroutine may lack stores that its creator has.
func loses(pass *analysis.Pass, uses *usage.Result, cur inspector.Cursor, stmt *ast.GoStmt) bool {
	pos := stmt.Pos()
	if !uses.Uses(pos) || uses.Inherits(pos) || !tests && usage.IsTest(pass, pos) {
		return false
	}
	if lit, ok := ast.Unparen(stmt.Call.Fun).(*ast.FuncLit); ok && place.OwnContext(pass.TypesInfo, lit.Body) {
		return false
	}
	return !place.WithoutStores(pass, cur)
}
