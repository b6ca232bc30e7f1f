package callback

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/rewrite"
)

// fixes returns the ways to bind the argument: als.AfterFunc for time.AfterFunc, or
// als.Bind.
func fixes(pass *analysis.Pass, cur inspector.Cursor, name string, arg ast.Expr) []rewrite.Form {
	source := rewrite.NewSource(pass, arg.Pos())
	if source == nil || inferred(pass.TypesInfo, arg) {
		return nil
	}
	var forms []rewrite.Form
	if name == "time.AfterFunc" && firesOnce(pass, cur) {
		fun := cur.Node().(*ast.CallExpr).Fun
		after, edits := source.ALS(fun.Pos(), "AfterFunc")
		forms = append(forms, rewrite.Form{
			Message: "Call als.AfterFunc",
			Edits:   append(edits, rewrite.Replace(fun.Pos(), fun.End(), after)),
		})
	}
	bind, edits := source.ALS(arg.Pos(), "Bind")
	return append(forms, rewrite.Form{
		Message: "Bind the callback with als.Bind",
		Edits: append(edits,
			rewrite.Replace(arg.Pos(), arg.Pos(), bind+"("),
			rewrite.Replace(arg.End(), arg.End(), ")")),
	})
}

// inferred reports whether the argument is a generic function whose type arguments
// come from the parameter; Bind would not know them.
func inferred(info *types.Info, arg ast.Expr) bool {
	var id *ast.Ident
	switch e := ast.Unparen(arg).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return false
	}
	_, ok := info.Instances[id]
	return ok
}

// firesOnce reports whether nobody can Reset the timer that a call returns: it is
// dropped, or in a local variable that is only stopped. The timer of als.AfterFunc
// would run without stores when it fires again.
func firesOnce(pass *analysis.Pass, cur inspector.Cursor) bool {
	parent := cur.Parent()
	switch n := parent.Node().(type) {
	case *ast.ExprStmt:
		return true
	case *ast.SelectorExpr:
		return n.Sel.Name == "Stop"
	case *ast.AssignStmt:
		if len(n.Lhs) != 1 {
			return false
		}
		id, ok := n.Lhs[0].(*ast.Ident)
		if !ok {
			return false
		}
		if id.Name == "_" {
			return true
		}
		v, ok := pass.TypesInfo.ObjectOf(id).(*types.Var)
		return ok && v.Parent() != pass.Pkg.Scope() && onlyStopped(pass, cur, v)
	}
	return false
}

func onlyStopped(pass *analysis.Pass, cur inspector.Cursor, v *types.Var) bool {
	var decl inspector.Cursor
	for up := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.GenDecl)(nil)) {
		decl = up
	}
	if !decl.Valid() {
		return false
	}
	for use := range decl.Preorder((*ast.Ident)(nil)) {
		id := use.Node().(*ast.Ident)
		if pass.TypesInfo.Uses[id] != v {
			continue
		}
		if sel, ok := use.Parent().Node().(*ast.SelectorExpr); !ok || sel.Sel.Name != "Stop" {
			return false
		}
	}
	return true
}
