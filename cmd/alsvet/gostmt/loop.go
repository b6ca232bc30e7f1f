package gostmt

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"
)

// isLoop reports whether a goroutine spends its life in a loop without a condition, or
// over a channel: it may serve others than who started it.
func isLoop(pass *analysis.Pass, call *ast.CallExpr) bool {
	body := started(pass, call)
	if body == nil {
		return false
	}
	for _, stmt := range body.List {
		if labeled, ok := stmt.(*ast.LabeledStmt); ok {
			stmt = labeled.Stmt
		}
		switch stmt := stmt.(type) {
		case *ast.ForStmt:
			if stmt.Cond == nil && stmt.Post == nil {
				return true
			}
		case *ast.RangeStmt:
			if _, ok := pass.TypesInfo.TypeOf(stmt.X).Underlying().(*types.Chan); ok {
				return true
			}
		}
	}
	return false
}

// started returns the body of the function that a go statement calls, nil for one of
// another package or of a variable.
func started(pass *analysis.Pass, call *ast.CallExpr) *ast.BlockStmt {
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return lit.Body
	}
	fn, ok := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
	if !ok || fn.Pkg() != pass.Pkg {
		return nil
	}
	return declaration(pass, fn.Origin().Pos())
}

func declaration(pass *analysis.Pass, pos token.Pos) *ast.BlockStmt {
	for _, file := range pass.Files {
		if pos < file.FileStart || file.FileEnd <= pos {
			continue
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Name.Pos() == pos {
				return fn.Body
			}
		}
	}
	return nil
}
