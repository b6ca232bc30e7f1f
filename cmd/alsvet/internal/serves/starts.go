package serves

import (
	"go/ast"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// onlyStarts reports whether all that could read a store in the function of a goroutine, but for what
// it logs, are go statements of goroutines that work for others: these do not need its stores.
func (j *Judge) onlyStarts(w *walker) bool {
	f := w.first
	for range maxAliases {
		if f == nil || f.Body() == nil {
			return false
		}
		next, starts := j.startsIn(f)
		if next == nil {
			return starts
		}
		f = next
	}
	return false
}

// startsIn reports whether a function only starts such goroutines. If it only calls another function
// of the package, it returns that.
func (j *Judge) startsIn(f *flow.Func) (next *flow.Func, starts bool) {
	only := true
	f.Cursor.Inspect([]ast.Node{(*ast.GoStmt)(nil), (*ast.CallExpr)(nil), (*ast.FuncLit)(nil)}, func(cur cursor) bool {
		switch n := cur.Node().(type) {
		case *ast.FuncLit:
			return n == f.Node
		case *ast.GoStmt:
			starts = true
			v := j.startedFrom(anywhere, cur, f, n.Call.Fun, n.Call.Args)
			only = only && (v.Idle || v.Answer == Others)
			return false
		case *ast.CallExpr:
			tv := j.info.Types[n.Fun]
			if tv.IsType() || tv.IsBuiltin() || j.flow.Reads(n.Fun, n.Args) <= flow.Logs {
				return true
			}
			c := j.flow.Callees(n.Fun)
			if next != nil || len(c.Funcs) != 1 || c.Unknown || len(c.Foreign)+len(c.Params) > 0 {
				only = false
				return true
			}
			next = c.Funcs[0]
		}
		return true
	})
	if !only || starts && next != nil {
		return nil, false
	}
	return next, starts
}
