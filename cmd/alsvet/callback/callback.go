// Package callback defines the analyzer of functions that are handed to schedulers.
package callback

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/directive"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

const doc = `report callbacks that will run without the stores of als

A function that is handed to a timer, a worker pool or a group runs on another
goroutine, without the stores of who handed it over. In a package that uses als it
should be bound:

	pool.Submit(work)               pool.Submit(als.Bind(work))
	time.AfterFunc(d, expire)       als.AfterFunc(d, expire)

Nothing is reported where the function is bound already, or begins with a Run,
WithScope or EnterWith of its own, in tests, directly in main and init where no
store can be yet, and inside the functions of the list, whose callers bind. With als/inherit in the program nothing is reported for those that
start a goroutine in each call, such as errgroup.

The flag funcs is the list of these schedulers, by full name and separated by
commas: path/of/package.Function, (*path/of/package.Type).Method, with =go behind it
for those that start a goroutine in each call. A list that begins with + is added to
the default one. Functions that register http handlers are no schedulers.`

// Analyzer reports callbacks that are not bound.
var Analyzer = &analysis.Analyzer{
	Name:     "callback",
	Doc:      doc,
	Requires: []*analysis.Analyzer{inspect.Analyzer, usage.Analyzer, directive.Analyzer},
	Run:      run,
}

var (
	funcs          schedulers
	tests, inherit bool
)

func init() {
	if err := funcs.Set(defaults); err != nil {
		panic("alsvet: callback: the default list: " + err.Error())
	}
	Analyzer.Flags.Var(&funcs, "funcs", "the functions that run their arguments later, as `list`; +list adds to the default")
	Analyzer.Flags.BoolVar(&tests, "tests", false, "report callbacks in tests, too")
	Analyzer.Flags.BoolVar(&inherit, "inherit", false, "the programs import als/inherit")
}

func run(pass *analysis.Pass) (any, error) {
	uses := pass.ResultOf[usage.Analyzer].(*usage.Result)
	comments := pass.ResultOf[directive.Analyzer].(*directive.Index)
	root := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root()
	var values *assigned
	for cur := range root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		name := known.FullName(pass.TypesInfo, call)
		starts, listed := funcs[name]
		if !listed || !uses.Uses(call.Pos()) || starts && (inherit || uses.Inherits(call.Pos())) ||
			place.WithoutStores(pass, cur) || insideScheduler(pass, cur) {
			continue
		}
		if values == nil {
			values = newAssigned(pass, root)
		}
		for _, arg := range call.Args {
			if !isFunction(pass.TypesInfo, arg) || values.bound(arg) {
				continue
			}
			d := analysis.Diagnostic{
				Pos:            arg.Pos(),
				End:            arg.End(),
				Message:        "the callback of " + name + " runs without the caller's stores: bind it with als.Bind",
				SuggestedFixes: fix(pass, cur, name, arg),
			}
			comments.Report(pass, tests || !usage.IsTest(pass, arg.Pos()), d)
		}
	}
	return nil, nil
}

// insideScheduler reports whether a node is in a function of the list itself. What
// that is given, its callers bind.
func insideScheduler(pass *analysis.Pass, cur inspector.Cursor) bool {
	for decl := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		fn, ok := pass.TypesInfo.Defs[decl.Node().(*ast.FuncDecl).Name].(*types.Func)
		if !ok {
			return false
		}
		_, listed := funcs[known.Name(fn)]
		return listed
	}
	return false
}

// isFunction reports whether an argument is a function that could read a store. The
// functions that cancel a context.Context read none.
func isFunction(info *types.Info, arg ast.Expr) bool {
	tv := info.Types[arg]
	if tv.Type == nil || tv.IsNil() {
		return false
	}
	if named, ok := types.Unalias(tv.Type).(*types.Named); ok && named.Obj().Pkg() != nil {
		switch named.Obj().Pkg().Path() + "." + named.Obj().Name() {
		case "context.CancelFunc", "context.CancelCauseFunc":
			return false
		}
	}
	_, ok := tv.Type.Underlying().(*types.Signature)
	return ok
}
