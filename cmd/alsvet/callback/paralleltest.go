package callback

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// parallelTests reports subtests in a Run or scope that call Parallel. Testing starts
// each subtest with a go statement, so that it has no stores, and one that is parallel
// goes on after the Run around it ended.
func (c *checker) parallelTests() {
	for cur := range c.Flow.Root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if !known.Is(c.Pass.TypesInfo, call, "(*testing.T).Run") || len(call.Args) != 2 || c.Uses.Inherits(call.Pos()) || inherit {
			continue
		}
		lit, ok := ast.Unparen(call.Args[1]).(*ast.FuncLit)
		if !ok || !callsParallel(c.Pass.TypesInfo, lit) || !c.Flow.CouldRead(lit, nil) || !c.withStore(cur) {
			continue
		}
		c.Comments.Report(c.Pass, true, analysis.Diagnostic{
			Pos:     lit.Pos(),
			End:     lit.Type.End(),
			Message: "a parallel subtest runs on another goroutine, without the stores of the test: set them in the subtest",
		})
	}
}

func callsParallel(info *types.Info, lit *ast.FuncLit) bool {
	found := false
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && known.Is(info, call, "(*testing.T).Parallel") {
			found = true
		}
		_, inner := n.(*ast.FuncLit)
		return !found && !inner
	})
	return found
}

// withStore reports whether a store is in place where a node stands: a Run is around
// it, or a scope or EnterWith before it.
func (c *checker) withStore(cur inspector.Cursor) bool {
	for up := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		if call, ok := up.Parent().Node().(*ast.CallExpr); ok && known.Is(c.Pass.TypesInfo, call, known.Encloses...) {
			return true
		}
		for before := range up.Preorder((*ast.CallExpr)(nil)) {
			call := before.Node().(*ast.CallExpr)
			if call.Pos() < cur.Node().Pos() && c.Flow.Enclosing(before) == c.Flow.Enclosing(cur) && setsStore(c.Pass.TypesInfo, call) {
				return true
			}
		}
	}
	return false
}

func setsStore(info *types.Info, call *ast.CallExpr) bool {
	return known.Is(info, call, known.Enters...) || known.Is(info, call, known.Scopes...) ||
		known.Is(info, call, known.ALS+"/alstest.With")
}
