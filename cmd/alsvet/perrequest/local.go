package perrequest

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
)

// isLocal reports whether a storage is made in a local variable of a function that is
// neither main nor init, and is used for nothing but calls of its methods there, and in
// function literals that the function runs: nothing outlives the call.
func isLocal(pass *analysis.Pass, cur inspector.Cursor) bool {
	v := variableOf(pass, cur)
	if v == nil || v.Parent() == pass.Pkg.Scope() {
		return false
	}
	var decl inspector.Cursor
	for up := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		decl = up
	}
	if !decl.Valid() || place.IsStart(pass, decl.Node()) {
		return false
	}
	ran := false
	for use := range decl.Preorder((*ast.Ident)(nil)) {
		if pass.TypesInfo.Uses[use.Node().(*ast.Ident)] != v {
			continue
		}
		sel, ok := use.Parent().Node().(*ast.SelectorExpr)
		if !ok || !isCalled(use.Parent()) || inReturned(use, decl) {
			return false
		}
		ran = ran || setters[sel.Sel.Name]
	}
	return ran
}

// setters are the methods that put a store in place.
var setters = map[string]bool{"Run": true, "EnterWith": true, "WithScope": true}

// variableOf returns the variable that the storage is made in, nil if none.
func variableOf(pass *analysis.Pass, cur inspector.Cursor) *types.Var {
	if spec, ok := cur.Node().(*ast.ValueSpec); ok {
		if len(spec.Names) != 1 {
			return nil
		}
		v, _ := pass.TypesInfo.Defs[spec.Names[0]].(*types.Var)
		return v
	}
	value := cur
	if ref, ok := value.Parent().Node().(*ast.UnaryExpr); ok && ref.Op == token.AND {
		value = value.Parent()
	}
	switch n := value.Parent().Node().(type) {
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE && len(n.Lhs) == 1 {
			v, _ := pass.TypesInfo.Defs[n.Lhs[0].(*ast.Ident)].(*types.Var)
			return v
		}
	case *ast.ValueSpec:
		if len(n.Names) == 1 {
			v, _ := pass.TypesInfo.Defs[n.Names[0]].(*types.Var)
			return v
		}
	}
	return nil
}

func isCalled(sel inspector.Cursor) bool {
	call, ok := sel.Parent().Node().(*ast.CallExpr)
	return ok && ast.Unparen(call.Fun) == sel.Node()
}

// inReturned reports whether a use is in a function literal that may outlive the call:
// one that is not run by als, deferred, started or called at once.
func inReturned(use, decl inspector.Cursor) bool {
	for lit := range use.Enclosing((*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		if lit == decl {
			return false
		}
		call, ok := lit.Parent().Node().(*ast.CallExpr)
		if !ok {
			return true
		}
		if ast.Unparen(call.Fun) == lit.Node() {
			continue
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); !ok || !runners[sel.Sel.Name] {
			return true
		}
	}
	return false
}

// runners are functions that run a literal before they return, or during the request.
var runners = map[string]bool{"Run": true, "Exit": true, "RunFunc": true, "ExitFunc": true, "Go": true, "RunContext": true}
