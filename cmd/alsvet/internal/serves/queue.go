package serves

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
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
			if name := known.Identifier(e.Fun); name != nil && readName.MatchString(name.Name) {
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
	for cur := range f.Cursor.Preorder((*ast.AssignStmt)(nil), (*ast.CallExpr)(nil)) {
		if call, ok := cur.Node().(*ast.CallExpr); ok && j.isBuiltin(call, "clear") && j.flow.Assigned.Variable(call.Args[0]) == v {
			return true
		}
		n, ok := cur.Node().(*ast.AssignStmt)
		if !ok || len(n.Lhs) != len(n.Rhs) {
			continue
		}
		for i, lhs := range n.Lhs {
			if j.flow.Assigned.Variable(lhs) != v {
				continue
			}
			value := ast.Unparen(n.Rhs[i])
			if j.empties(value) || j.swaps(n, value, v) || j.renews(value) && !j.initializes(cur, v) || j.emptied(value, f, steps+1) {
				return true
			}
		}
	}
	return false
}

// swaps reports whether an assignment exchanges a list for a local variable: batch, q.list = q.list, batch.
func (j *Judge) swaps(n *ast.AssignStmt, value ast.Expr, list *types.Var) bool {
	local := j.flow.Assigned.Variable(value)
	if local == nil {
		return false
	}
	for i, lhs := range n.Lhs {
		if j.flow.Assigned.Variable(lhs) == local && j.flow.Assigned.Variable(n.Rhs[i]) == list {
			return true
		}
	}
	return false
}

// empties reports whether a list that is assigned the value is shorter then.
func (j *Judge) empties(value ast.Expr) bool {
	switch value := ast.Unparen(value).(type) {
	case *ast.SliceExpr:
		return true
	case *ast.CompositeLit:
		return len(value.Elts) == 0
	}
	return j.info.Types[value].IsNil()
}

// renews reports whether a value is a new list, map or batch, for the one that is taken out.
func (j *Judge) renews(value ast.Expr) bool {
	switch value := value.(type) {
	case *ast.UnaryExpr:
		return value.Op == token.AND && j.empties(value.X)
	case *ast.CallExpr:
		name := known.Identifier(value.Fun)
		return j.isBuiltin(value, "make") || j.isBuiltin(value, "new") || name != nil && makesNew.MatchString(name.Name) && len(value.Args) == 0
	}
	return false
}

// initializes reports whether an assignment gives a field or variable its first value, below a test of
// it against nil.
func (j *Judge) initializes(assign cursor, v *types.Var) bool {
	for cur := range assign.Enclosing((*ast.IfStmt)(nil)) {
		n := cur.Node().(*ast.IfStmt)
		test, ok := n.Cond.(*ast.BinaryExpr)
		if ok && test.Op == token.EQL && j.info.Types[test.Y].IsNil() && j.flow.Assigned.Variable(test.X) == v &&
			n.Body.Pos() <= assign.Node().Pos() && assign.Node().End() <= n.Body.End() {
			return true
		}
	}
	return false
}

// makesNew matches the names of functions that make an empty list or batch.
var makesNew = regexp.MustCompile(`^[nN]ew([A-Z].*)?$`)

// takesOut notes a loop over the values that a method of something shared has taken out of
// one of its lists: others have put them there.
func (b *body) takesOut(loop *ast.RangeStmt) {
	sources := []ast.Expr{loop.X}
	if v := b.judge.flow.Assigned.Variable(loop.X); v != nil && b.judge.flow.OwnerOf(v) != nil {
		sources, _ = b.judge.flow.Assigned.Values(v)
	}
	for _, source := range sources {
		if field, ok := ast.Unparen(source).(*ast.SelectorExpr); ok && b.origin(field) == Shared && b.judge.emptied(field, b.f, 0) && b.repeats(loop.Body) {
			b.emptied = field
		}
		call, ok := ast.Unparen(source).(*ast.CallExpr)
		if !ok {
			continue
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || !b.judge.isValue(sel.X) || b.origin(sel.X) != Shared {
			continue
		}
		for _, f := range b.judge.flow.Callees(sel).Funcs {
			if b.judge.returnsTaken(f) && b.repeats(loop.Body) {
				b.add(queued, sel, Shared, "works on what it takes out with")
			}
		}
	}
}

// returnsTaken reports whether a function returns what it takes out of a field.
func (j *Judge) returnsTaken(f *flow.Func) bool {
	emptied := make(map[string]bool)
	for cur := range f.Cursor.Preorder((*ast.AssignStmt)(nil)) {
		n := cur.Node().(*ast.AssignStmt)
		for i, lhs := range n.Lhs {
			if v := j.root(lhs); len(n.Lhs) == len(n.Rhs) && j.empties(n.Rhs[i]) && v != nil && j.isReceiver(v) {
				emptied[types.ExprString(lhs)] = true
			}
		}
	}
	for cur := range f.Cursor.Preorder((*ast.ReturnStmt)(nil)) {
		for _, result := range cur.Node().(*ast.ReturnStmt).Results {
			if len(emptied) > 0 && j.comesFrom(result, emptied, 0) {
				return true
			}
		}
	}
	return false
}

// comesFrom reports whether a value is, or is a part of, what one of the expressions was.
func (j *Judge) comesFrom(e ast.Expr, from map[string]bool, steps int) bool {
	if steps > maxAliases {
		return false
	}
	if from[types.ExprString(ast.Unparen(e))] {
		return true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.SliceExpr:
		return j.comesFrom(e.X, from, steps+1)
	case *ast.Ident:
		if v, ok := j.info.Uses[e].(*types.Var); ok && j.flow.OwnerOf(v) != nil {
			values, _ := j.flow.Assigned.Values(v)
			for _, value := range values {
				if j.comesFrom(value, from, steps+1) {
					return true
				}
			}
		}
	}
	return false
}

// distributed says why a goroutine may do the work of several callers, although each goroutine
// is given one piece of it: its starter takes that out of a shared field, in a loop. It
// returns "" for others.
func (j *Judge) distributed(w *walker, starter *flow.Func, fun ast.Expr, args []ast.Expr) string {
	if j.flow.Reads(fun, args) == flow.Never {
		return ""
	}
	for _, e := range append([]ast.Expr{fun}, args...) {
		for n := range ast.Preorder(e) {
			id, ok := n.(*ast.Ident)
			if !ok {
				continue
			}
			v, ok := j.info.Uses[id].(*types.Var)
			if !ok {
				continue
			}
			list := j.exchanged(j.flow.Assigned.Ranged(v))
			if list == nil || j.flow.OwnerOf(v) != starter || !j.emptied(list, starter, 0) || w.originOf(list, nil, 0) != Shared {
				continue
			}
			if field := j.flow.Assigned.Variable(list); field != nil && field.IsField() {
				return "others may have put what it works on into " + flow.Text(list)
			}
		}
	}
	return ""
}

// exchanged returns the list that a local variable without a value was exchanged for, other expressions
// as they are.
func (j *Judge) exchanged(list ast.Expr) ast.Expr {
	if v := j.flow.Assigned.Variable(list); v != nil && j.flow.OwnerOf(v) != nil && j.declared(v) {
		if values, _ := j.flow.Assigned.Values(v); len(values) == 1 {
			if field := j.flow.Assigned.Variable(values[0]); field != nil && field.IsField() {
				return values[0]
			}
		}
	}
	return list
}

// taken returns the queue that a variable's value was taken out of, nil if none. A list or
// map that keeps its elements, such as that of all connections, is none, and neither is a
// connection that is read from: no function of this program submitted that.
func (j *Judge) taken(v *types.Var) ast.Expr {
	if over := j.flow.Assigned.Ranged(v); over != nil {
		if isChannel(j.info.TypeOf(over)) || j.takesOutOf(over, j.flow.OwnerOf(v)) {
			return over
		}
		return nil
	}
	values, _ := j.flow.Assigned.Values(v)
	for _, value := range values {
		switch e := ast.Unparen(value).(type) {
		case *ast.IndexExpr:
			if j.takesOutOf(e.X, j.flow.OwnerOf(v)) {
				return e.X
			}
		case *ast.CallExpr:
			if name := known.Identifier(e.Fun); name != nil && popName.MatchString(name.Name) {
				return e.Fun
			}
		}
	}
	return nil
}

// takesOutOf reports whether a function takes elements out of a list or map.
func (j *Judge) takesOutOf(list ast.Expr, f *flow.Func) bool {
	if j.emptied(list, f, 0) {
		return true
	}
	v := j.flow.Assigned.Variable(list)
	if v == nil || f == nil {
		return false
	}
	for cur := range f.Cursor.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if j.isBuiltin(call, "delete") && j.flow.Assigned.Variable(call.Args[0]) == v {
			return true
		}
	}
	return false
}

// worksOnHanded reports whether a call that could read a store is given, or is a method
// of, a value that was taken out of a shared queue and brings work with it. To close that is
// no work.
func (b *body) worksOnHanded(n *ast.CallExpr) bool {
	if flow.Closes(n.Fun) {
		return false
	}
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
		if t := v.Type(); !types.IsInterface(t) && !carries(t, b.judge.pass.Pkg, maxFields-1) {
			continue // plain data
		}
		if source := b.judge.taken(v); source != nil && b.origin(source) == Shared && b.judge.flow.CouldRead(n.Fun, n.Args) {
			return true
		}
	}
	return false
}

// isOfElement reports whether a function is a field of what was received, taken out of a queue, or
// is one of many in a list or map: the callers that put it there set the function.
func (b *body) isOfElement(fun ast.Expr) bool {
	sel, ok := ast.Unparen(fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	if _, isElement := ast.Unparen(sel.X).(*ast.IndexExpr); isElement {
		return true
	}
	v, e := b.judge.root(sel.X), b.env
	for range maxAliases {
		if v == nil {
			return false
		}
		if b.judge.isTaken(v) || b.judge.flow.Assigned.Ranged(v) != nil {
			return true
		}
		value, outer := e.lookup(v)
		if values, _ := b.judge.flow.Assigned.Values(v); value == nil && len(values) == 1 && !v.IsField() {
			value, outer = values[0], e
		}
		if value == nil {
			return false
		}
		v, e = b.judge.root(value), outer
	}
	return false
}

// isOfJob reports whether a function is a field of a value that belongs to one caller, as the name of
// its type says, and that a timer ends or the goroutine itself takes from somewhere.
func (b *body) isOfJob(fun ast.Expr) bool {
	sel, ok := ast.Unparen(fun).(*ast.SelectorExpr)
	if !ok || !jobType.MatchString(typeName(b.judge.info.TypeOf(sel.X))) {
		return false
	}
	v, e := b.judge.root(sel.X), b.env
	for v != nil && !b.timer && b.judge.isReceiver(v) {
		arg, outer := e.lookup(v)
		if arg == nil {
			return false
		}
		v, e = b.judge.root(arg), outer
	}
	return v != nil
}

// jobType matches the names of types whose values are the work of one caller. Unlike jobName, it has no names of
// what may last for many calls, such as that of a connection.
var jobType = regexp.MustCompile(`(?i)(future|promise|call|request|req|job|task|op|operation|cmd|command|work|tx|txn)$`)
