package serves

import (
	"go/ast"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// waitsForPool reports whether a method waits for the pool that a function was given to before:
//
//	r.tasks.Schedule(f)
//	return r.tasks.Wait()
//
// The pool is in a field, so that others may use it, too. The function has still ended when
// Wait returns.
func (j *Judge) waitsForPool(given cursor, wait *ast.SelectorExpr) bool {
	call, ok := given.Node().(*ast.CallExpr)
	if !ok {
		return false
	}
	method, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || !j.isValue(method.X) {
		return false
	}
	pool := j.flow.Assigned.Variable(method.X)
	return pool != nil && pool.IsField() && pool == j.flow.Assigned.Variable(wait.X) &&
		j.root(method.X) == j.root(wait.X) && flow.Text(method.X) == flow.Text(wait.X)
}
