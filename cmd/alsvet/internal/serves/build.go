package serves

import (
	"go/ast"
	"go/token"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// builds says what the goroutine makes for all later callers, "" if nothing: it tests
// something shared, as a lazy start does, and sets it to the result of a call that could
// read a store. What that call makes, such as a connection or a cache, would begin with
// the stores of the first caller.
func (j *Judge) builds(w *walker) string {
	f := w.first
	if f == nil || f.Body() == nil {
		return ""
	}
	g := &guard{judge: j, starter: f}
	tested := make(map[string]token.Pos)
	for c := range f.Cursor.Preorder((*ast.IfStmt)(nil)) {
		n := c.Node().(*ast.IfStmt)
		for _, part := range []ast.Node{n.Init, n.Cond} {
			if part == nil {
				continue
			}
			ast.Inspect(part, func(n ast.Node) bool {
				if e, ok := n.(*ast.SelectorExpr); ok {
					if path := g.path(e); path != "" && tested[path] == token.NoPos {
						tested[path] = e.Pos()
					}
				}
				return true
			})
		}
	}
	for c := range f.Cursor.Preorder((*ast.AssignStmt)(nil)) {
		n := c.Node().(*ast.AssignStmt)
		if len(n.Lhs) != len(n.Rhs) || j.flow.Enclosing(c) != f {
			continue
		}
		for i, lhs := range n.Lhs {
			path := g.path(lhs)
			if test := tested[path]; path != "" && test.IsValid() && test < n.Pos() && j.made(n.Rhs[i], 0) {
				return "it makes " + path + " once for all (" + j.position(n.Pos()) + ")"
			}
		}
	}
	return ""
}

// made reports whether a value is the result of a call that could read a store.
func (j *Judge) made(value ast.Expr, steps int) bool {
	switch e := ast.Unparen(value).(type) {
	case *ast.CallExpr:
		tv := j.info.Types[e.Fun]
		return !tv.IsType() && !tv.IsBuiltin() && j.flow.Reads(e.Fun, e.Args) > flow.Never
	case *ast.Ident:
		v := j.flow.Assigned.Variable(e)
		if v == nil || j.flow.OwnerOf(v) == nil || steps == maxAliases {
			return false
		}
		values, _ := j.flow.Assigned.Values(v)
		for _, value := range values {
			if j.made(value, steps+1) {
				return true
			}
		}
	}
	return false
}
