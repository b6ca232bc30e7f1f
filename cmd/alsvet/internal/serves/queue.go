package serves

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// popped returns the queue that a function variable was taken out of, nil if none.
func (j *Judge) popped(v *types.Var, steps int) ast.Expr {
	if over := j.flow.Assigned.Ranged(v); over != nil {
		if isChannel(j.info.TypeOf(over)) || j.emptied(over, j.flow.OwnerOf(v), 0) {
			return over
		}
		return nil // a list of hooks
	}
	values, _ := j.flow.Assigned.Values(v)
	for _, value := range values {
		switch e := ast.Unparen(value).(type) {
		case *ast.IndexExpr:
			if j.emptied(e.X, j.flow.OwnerOf(v), 0) {
				return e.X
			}
		case *ast.UnaryExpr:
			if e.Op == token.ARROW {
				return e.X
			}
		case *ast.CallExpr:
			if name := calleeName(e); name != nil && readName.MatchString(name.Name) {
				return e.Fun
			}
		case *ast.Ident:
			if other, ok := j.info.Uses[e].(*types.Var); ok && steps < maxAliases {
				return j.popped(other, steps+1)
			}
		}
	}
	return nil
}

// emptied reports whether a list is a queue: the function that runs what is in it takes
// that out.
func (j *Judge) emptied(list ast.Expr, f *flow.Func, steps int) bool {
	v := j.flow.Assigned.Variable(list)
	if v == nil || f == nil || steps > maxAliases {
		return false
	}
	for cur := range f.Cursor.Preorder((*ast.AssignStmt)(nil)) {
		n := cur.Node().(*ast.AssignStmt)
		if len(n.Lhs) != len(n.Rhs) {
			continue
		}
		for i, lhs := range n.Lhs {
			if j.flow.Assigned.Variable(lhs) != v {
				continue
			}
			value := ast.Unparen(n.Rhs[i])
			if _, shorter := value.(*ast.SliceExpr); shorter || j.info.Types[value].IsNil() || j.emptied(value, f, steps+1) {
				return true
			}
		}
	}
	return false
}

// taken returns the queue, list or map that a variable's value was taken out of, nil if
// none. What is read from a connection is none: no function of this program submitted it.
func (j *Judge) taken(v *types.Var) ast.Expr {
	if over := j.flow.Assigned.Ranged(v); over != nil {
		return over
	}
	values, _ := j.flow.Assigned.Values(v)
	for _, value := range values {
		switch e := ast.Unparen(value).(type) {
		case *ast.IndexExpr:
			return e.X
		case *ast.CallExpr:
			if name := calleeName(e); name != nil && popName.MatchString(name.Name) {
				return e.Fun
			}
		}
	}
	return nil
}

// worksOnHanded reports whether a call that could read a store is given, or is a method
// of, a value that was taken out of a shared queue, list or map.
func (b *body) worksOnHanded(n *ast.CallExpr) bool {
	operands := n.Args
	if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && b.judge.isValue(sel.X) {
		operands = append([]ast.Expr{sel.X}, operands...)
	}
	for _, operand := range operands {
		id, ok := ast.Unparen(operand).(*ast.Ident)
		if !ok {
			continue
		}
		v, ok := b.judge.info.Uses[id].(*types.Var)
		if _, basic := b.judge.info.TypeOf(id).Underlying().(*types.Basic); !ok || basic || b.judge.flow.OwnerOf(v) == nil {
			continue // the name of a queue is no work
		}
		if source := b.judge.taken(v); source != nil && b.origin(source) == Shared && b.judge.flow.CouldRead(n.Fun, n.Args) {
			return true
		}
	}
	return false
}
