package callback

import (
	"go/ast"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
)

// parallelTests reports parallel subtests that read a store of the test around them.
// Package testing starts a subtest with a go statement, so it has no stores, and a
// parallel one still runs when the Run around it has ended.
func (c *checker) parallelTests() {
	for cur := range c.Flow.Root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if !known.Is(c.Pass.TypesInfo, call, "(*testing.T).Run") || len(call.Args) != 2 || c.Uses.Inherits(call.Pos()) || inherit {
			continue
		}
		lit, ok := ast.Unparen(call.Args[1]).(*ast.FuncLit)
		if !ok || !c.isParallel(lit) || !c.Flow.CouldRead(lit, nil) || !c.withStore(cur) {
			continue
		}
		c.Comments.Report(c.Pass, true, analysis.Diagnostic{
			Pos:     lit.Pos(),
			End:     lit.Type.End(),
			Message: "a parallel subtest runs on another goroutine, without the stores of the test: set them in the subtest",
		})
	}
}

// isParallel reports whether a subtest calls Parallel and sets no store of its own
// before it does anything else.
func (c *checker) isParallel(subtest *ast.FuncLit) bool {
	parallel := false
	ast.Inspect(subtest.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		parallel = parallel || ok && known.Is(c.Pass.TypesInfo, call, "(*testing.T).Parallel")
		_, inner := n.(*ast.FuncLit)
		return !parallel && !inner
	})
	rest := slices.DeleteFunc(slices.Clone(subtest.Body.List), func(stmt ast.Stmt) bool {
		return known.Is(c.Pass.TypesInfo, callOf(stmt), "(*testing.T).Parallel")
	})
	own := len(rest) > 0 && c.setsStore(callOf(rest[0])) || place.OwnContext(c.Pass.TypesInfo, &ast.BlockStmt{List: rest})
	return parallel && !own
}

// callOf returns the call that a statement consists of, or an empty one.
func callOf(stmt ast.Stmt) *ast.CallExpr {
	if expr, ok := stmt.(*ast.ExprStmt); ok {
		if call, ok := expr.X.(*ast.CallExpr); ok {
			return call
		}
	}
	return &ast.CallExpr{Fun: ast.NewIdent("_")}
}

// withStore reports whether a store is in place at a node: a Run is around it, or a
// scope or EnterWith before it.
func (c *checker) withStore(cur inspector.Cursor) bool {
	for up := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		if call, ok := up.Parent().Node().(*ast.CallExpr); ok && known.Is(c.Pass.TypesInfo, call, known.Encloses...) {
			return true
		}
		for before := range up.Preorder((*ast.CallExpr)(nil)) {
			call := before.Node().(*ast.CallExpr)
			if call.Pos() < cur.Node().Pos() && c.Flow.Enclosing(before) == c.Flow.Enclosing(cur) && c.setsStore(call) {
				return true
			}
		}
	}
	return false
}

// setsStore reports whether a call puts a store in place for what follows.
func (c *checker) setsStore(call *ast.CallExpr) bool {
	info := c.Pass.TypesInfo
	return known.Is(info, call, known.Enters...) || known.Is(info, call, known.Scopes...) ||
		known.Is(info, call, known.ALS+"/alstest.With")
}
