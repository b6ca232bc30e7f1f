// Package place finds the function around a node, and says whether stores can be in place
// there.
package place

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// Function returns the innermost function declaration or literal around a node.
func Function(cur inspector.Cursor) (inspector.Cursor, bool) {
	for up := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		if up != cur {
			return up, true
		}
	}
	return inspector.Cursor{}, false
}

// InLoop reports whether a node is in a loop of the function that it is in.
func InLoop(cur inspector.Cursor) bool {
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch up.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		}
		return false
	}
	return false
}

// Body returns the body of a function declaration or literal.
func Body(fn ast.Node) *ast.BlockStmt {
	switch fn := fn.(type) {
	case *ast.FuncDecl:
		return fn.Body
	case *ast.FuncLit:
		return fn.Body
	}
	return nil
}

// IsStart reports whether fn is func main of a program, or func init.
func IsStart(pass *analysis.Pass, fn ast.Node) bool {
	decl, ok := fn.(*ast.FuncDecl)
	if !ok || decl.Recv != nil {
		return false
	}
	return decl.Name.Name == "init" || decl.Name.Name == "main" && pass.Pkg.Name() == "main"
}

// WithoutStores reports whether no store can be in place at a node: right in main or
// init, or where package variables are initialized, and no store was put there.
func WithoutStores(pass *analysis.Pass, cur inspector.Cursor) bool {
	fn, ok := Function(cur)
	if !ok {
		return true
	}
	if !IsStart(pass, fn.Node()) {
		return false
	}
	found := false
	ast.Inspect(Body(fn.Node()), func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			found = found || known.Is(pass.TypesInfo, call, known.Enters...) ||
				known.Is(pass.TypesInfo, call, known.Scopes...)
		}
		_, inner := n.(*ast.FuncLit)
		return !found && !inner
	})
	return !found
}

// OwnContext reports whether a function begins with stores of its own, so that it does not
// matter which it was started with.
func OwnContext(info *types.Info, body *ast.BlockStmt) bool {
	for _, stmt := range body.List {
		switch stmt := stmt.(type) {
		case *ast.DeferStmt:
			if begins(info, stmt.Call) {
				return true
			}
		case *ast.ExprStmt:
			call, ok := stmt.X.(*ast.CallExpr)
			return ok && begins(info, call)
		case *ast.AssignStmt:
			for _, rhs := range stmt.Rhs {
				call, ok := ast.Unparen(rhs).(*ast.CallExpr)
				if !ok || known.Is(info, call, known.Hooks+".NewAsyncResource") {
					continue
				}
				return begins(info, call)
			}
		case *ast.DeclStmt, *ast.EmptyStmt:
		default:
			return false
		}
	}
	return false
}

// begins reports whether the call, or the call whose result it is a method of, puts
// stores in place.
func begins(info *types.Info, call *ast.CallExpr) bool {
	if known.Is(info, call, known.Binds...) {
		return false // that only makes a function
	}
	if known.Is(info, call, known.Encloses...) || known.Is(info, call, known.Enters...) ||
		known.Is(info, call, known.Scopes...) {
		return true
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		if inner, ok := ast.Unparen(sel.X).(*ast.CallExpr); ok {
			return begins(info, inner)
		}
	}
	return false
}
