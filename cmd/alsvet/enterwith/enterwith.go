// Package enterwith defines the analyzer of EnterWith.
package enterwith

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

const doc = `report EnterWith where it changes the stores of its callers

The store of EnterWith stays until the goroutine exits, or a Run or scope around it
ends. In a function that others call it changes what the callers see. On a goroutine
that serves one request after another, the next request sees it. Use Run, or

	defer storage.WithScope(value).End()

EnterWith is right in main, init and tests, in the function that a goroutine was
started with, and in one that is passed to Run, Bind and the like, but not in a
loop. There is no fix, since alsvet does not know how long the store should last.`

// Analyzer reports EnterWith in functions that are called.
var Analyzer = &analysis.Analyzer{
	Name:     "enterwith",
	Doc:      doc,
	Requires: []*analysis.Analyzer{inspect.Analyzer, directive.Analyzer},
	Run:      run,
}

func run(pass *analysis.Pass) (any, error) {
	comments := pass.ResultOf[directive.Analyzer].(*directive.Index)
	root := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root()
	var starts *started
	for cur := range root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if !known.Is(pass.TypesInfo, call, known.Enters...) || usage.IsTest(pass, call.Pos()) ||
			pass.Pkg.Path() == known.ALS {
			continue
		}
		if starts == nil {
			starts = newStarted(pass, root)
		}
		if starts.mayEnter(cur) {
			continue
		}
		comments.Report(pass, true, analysis.Diagnostic{
			Pos:     call.Pos(),
			End:     call.End(),
			Message: "EnterWith outlasts this function and changes what its callers see: use Run or WithScope",
		})
	}
	return nil, nil
}

// started has the functions that are used as the first function of a goroutine.
type started struct {
	pass  *analysis.Pass
	funcs map[*types.Func]bool // false for those that are used otherwise, too
	lits  map[*ast.FuncLit]bool
}

func newStarted(pass *analysis.Pass, root inspector.Cursor) *started {
	s := &started{pass: pass, funcs: make(map[*types.Func]bool), lits: make(map[*ast.FuncLit]bool)}
	first := make(map[*ast.Ident]bool)
	note := func(fun ast.Expr) {
		switch fun := ast.Unparen(fun).(type) {
		case *ast.FuncLit:
			s.lits[fun] = true
		case *ast.Ident:
			first[fun] = true
		case *ast.SelectorExpr:
			first[fun.Sel] = true
		}
	}
	for cur := range root.Preorder((*ast.GoStmt)(nil), (*ast.CallExpr)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.GoStmt:
			note(n.Call.Fun)
		case *ast.CallExpr:
			if known.Is(pass.TypesInfo, n, known.Starts...) || known.Is(pass.TypesInfo, n, known.Encloses...) || known.Is(pass.TypesInfo, n, groups...) {
				for _, arg := range n.Args {
					note(arg)
				}
			}
		}
	}
	for id, obj := range pass.TypesInfo.Uses {
		if fn, ok := obj.(*types.Func); ok {
			fn = fn.Origin()
			only, seen := s.funcs[fn]
			s.funcs[fn] = first[id] && (only || !seen)
		}
	}
	return s
}

// groups start a goroutine for each function that they are given.
var groups = []string{
	"(*sync.WaitGroup).Go",
	"(*golang.org/x/sync/errgroup.Group).Go",
	"(*golang.org/x/sync/errgroup.Group).TryGo",
	"(*github.com/sourcegraph/conc.WaitGroup).Go",
}

// mayEnter reports whether an EnterWith changes no stores of a caller.
func (s *started) mayEnter(cur inspector.Cursor) bool {
	fn, ok := place.Function(cur)
	if !ok {
		return true // before main
	}
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if fn.Contains(up) {
			return false
		}
	}
	switch n := fn.Node().(type) {
	case *ast.FuncLit:
		return s.lits[n]
	case *ast.FuncDecl:
		obj, _ := s.pass.TypesInfo.Defs[n.Name].(*types.Func)
		return place.IsStart(s.pass, n) || obj != nil && !obj.Exported() && s.funcs[obj]
	}
	return false
}
