package serves

import (
	"go/ast"
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// waysOfElement says how an element of a table of functions comes to run, such as a handler in
// s.handlers = map[string]handler{"read": s.read}: where the elements are called. The table is in
// an unexported field or variable, and nothing is done with it but to set it, to look elements up
// and to call them.
func (j *Judge) waysOfElement(element cursor) []way {
	lit := element.Parent()
	if pair, ok := lit.Node().(*ast.KeyValueExpr); ok && pair.Value == element.Node() {
		lit = lit.Parent()
	}
	table, ok := lit.Node().(*ast.CompositeLit)
	if !ok {
		return fixed(anywhere)
	}
	v := j.holder(lit)
	switch t := j.info.TypeOf(table).Underlying().(type) {
	case *types.Map:
		ok = flow.IsFunc(t.Elem())
	case *types.Slice:
		ok = flow.IsFunc(t.Elem())
	default:
		ok = false
	}
	if !ok || v == nil || v.Exported() || !v.IsField() && j.flow.OwnerOf(v) != nil {
		return fixed(anywhere)
	}
	var ways []way
	for _, use := range j.everyUse(v) {
		if j.flow.InTest(use.Node().Pos()) {
			continue
		}
		calls, known := j.callsOfElements(use)
		if !known {
			return fixed(anywhere)
		}
		for _, call := range calls {
			ways = append(ways, j.waysOfCall(call)...)
		}
	}
	if len(ways) == 0 {
		return fixed(anywhere)
	}
	return ways
}

// holder returns the variable or field that a composite literal is assigned to, nil if it is
// used in another way.
func (j *Judge) holder(lit cursor) *types.Var {
	switch n := lit.Parent().Node().(type) {
	case *ast.AssignStmt:
		if len(n.Lhs) == 1 && len(n.Rhs) == 1 {
			return j.flow.Assigned.Variable(n.Lhs[0])
		}
	case *ast.ValueSpec:
		if len(n.Names) == 1 {
			return j.flow.Assigned.Variable(n.Names[0])
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok {
			v, _ := j.info.Uses[key].(*types.Var)
			return v
		}
	}
	return nil
}

// callsOfElements returns the calls of the elements of a table in one of its uses. Known is false if
// the use may do something else with the elements.
func (j *Judge) callsOfElements(use cursor) (calls []cursor, known bool) {
	cur := use
	if sel, ok := cur.Parent().Node().(*ast.SelectorExpr); ok && sel.Sel == use.Node() {
		cur = cur.Parent()
	}
	switch n := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		return nil, len(n.Lhs) == 1 && n.Lhs[0] == cur.Node()
	case *ast.KeyValueExpr:
		return nil, n.Key == cur.Node()
	case *ast.CallExpr:
		return nil, j.info.Types[n.Fun].IsBuiltin()
	case *ast.RangeStmt:
		return j.callsOf(n.Value)
	case *ast.IndexExpr:
		if n.X != cur.Node() {
			return nil, false
		}
		cur = cur.Parent()
	default:
		return nil, false
	}
	switch n := cur.Parent().Node().(type) {
	case *ast.CallExpr:
		return []cursor{cur.Parent()}, n.Fun == cur.Node()
	case *ast.AssignStmt:
		if n.Lhs[0] == cur.Node() {
			return nil, true
		}
		return j.callsOf(n.Lhs[0])
	}
	return nil, false
}

// callsOf returns the calls of a function in a local variable. Known is false if it is also used
// in another way, but to compare it.
func (j *Judge) callsOf(variable ast.Expr) (calls []cursor, known bool) {
	id, ok := variable.(*ast.Ident)
	if !ok || id.Name == "_" {
		return nil, variable == nil || ok
	}
	v, ok := j.info.ObjectOf(id).(*types.Var)
	if !ok || j.flow.OwnerOf(v) == nil {
		return nil, false
	}
	for _, use := range j.usesOfVar(v) {
		switch n := use.Parent().Node().(type) {
		case *ast.BinaryExpr:
		case *ast.CallExpr:
			if n.Fun != use.Node() {
				return nil, false
			}
			calls = append(calls, use.Parent())
		default:
			return nil, false
		}
	}
	return calls, true
}
