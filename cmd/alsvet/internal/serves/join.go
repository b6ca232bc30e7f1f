package serves

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
)

// joined reports whether the starter waits for the goroutine: for a local WaitGroup or
// group that the goroutine mentions, a local channel that it sends to or closes, or the pool
// that runs its function.
func (j *Judge) joined(cur cursor, starter *flow.Func, w *walker) bool {
	if call, ok := cur.Node().(*ast.CallExpr); ok { // of a group, such as g.Go(f)
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && j.isValue(sel.X) {
			w.mentions(j.root(sel.X))
		}
	}
	for f := starter; f != nil; f = f.Owner {
		if j.waitsIn(f, cur, w) {
			return true
		}
		if f.Owner == nil || !j.flow.RunsWithin(f, f.Owner) {
			return false
		}
	}
	return false
}

func (j *Judge) waitsIn(f *flow.Func, after cursor, w *walker) bool {
	nodes := []ast.Node{(*ast.CallExpr)(nil), (*ast.UnaryExpr)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil)}
	found := false
	f.Cursor.Inspect(nodes, func(c cursor) bool {
		if found {
			return false
		}
		var by ast.Expr
		later := c.Node().Pos() > after.Node().End() || deferred(c, after)
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			return n == f.Node || j.runsThere(j.flow.Func(n), 0)
		case *ast.CallExpr:
			sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr)
			found = later && j.drains(n, w)
			if ok && waits(sel) && later {
				v := j.root(sel.X)
				by = sel.X
				found = found || v != nil && w.used[v] && j.keeps(v) && !j.begins(v, w) || j.waitsForPool(after, sel)
			}
		case *ast.UnaryExpr: // of a stream of values only in a loop, which may go on to the last
			by = n.X
			found = n.Op == token.ARROW && later && j.sends(n.X, w) && !inEventLoop(c) && (!w.streamed[j.root(n.X)] || place.InLoop(c))
		case *ast.RangeStmt:
			found = later && isChannel(j.info.TypeOf(n.X)) && j.sends(n.X, w)
		}
		if _, ofValue := ast.Unparen(by).(*ast.SelectorExpr); found && ofValue {
			w.byEntry = true
		}
		return true
	})
	return found
}

// drains reports whether a call of a function of the package is given a channel that the goroutine sends
// to, and receives from that until it is closed.
func (j *Judge) drains(call *ast.CallExpr, w *walker) bool {
	for i, arg := range call.Args {
		c := j.flow.Callees(call.Fun)
		if t := j.info.TypeOf(arg); t == nil || !isChannel(t) || !j.sends(arg, w) || len(c.Funcs) != 1 {
			continue
		}
		for _, use := range j.usesOfVar(c.Funcs[0].Param(i)) {
			loop, ok := use.Parent().Node().(*ast.RangeStmt)
			if ok && loop.X == use.Node() && j.flow.Enclosing(use) == c.Funcs[0] {
				return true
			}
		}
	}
	return false
}

// begins reports whether the first statement of the goroutine calls Done of the group, which says
// that it has begun: a starter that waits for that does not wait for its end.
func (j *Judge) begins(group *types.Var, w *walker) bool {
	if w.first == nil || w.first.Body() == nil || len(w.first.Body().List) == 0 {
		return false
	}
	stmt, ok := w.first.Body().List[0].(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := stmt.X.(*ast.CallExpr)
	if !ok || !known.Is(j.info, call, "(*sync.WaitGroup).Done") {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && j.is(sel.X, group, w)
}

// waits reports whether a method waits for goroutines: Wait, or SignalAndWait and the like
// of a variable.
func waits(method *ast.SelectorExpr) bool {
	_, variable := ast.Unparen(method.X).(*ast.Ident)
	return method.Sel.Name == "Wait" || variable && strings.HasSuffix(method.Sel.Name, "AndWait")
}

// inEventLoop reports whether a receive is a case of a select in a loop without an end,
// and does not leave that loop. Such a function goes on serving; it does not wait for the
// goroutine.
func inEventLoop(receive cursor) bool {
	var clause *ast.CommClause
	for up := range receive.Enclosing((*ast.CommClause)(nil), (*ast.ForStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch n := up.Node().(type) {
		case *ast.CommClause:
			if clause == nil {
				clause = n
			}
		case *ast.ForStmt:
			return n.Cond == nil && clause != nil && !leavesLoop(clause.Body)
		default:
			return false
		}
	}
	return false
}

// leavesLoop reports whether a case, or the body of a loop, has a statement that leaves the loop.
func leavesLoop(list []ast.Stmt) bool {
	found := false
	for _, stmt := range list {
		ast.Inspect(stmt, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				found = true
			case *ast.BranchStmt:
				found = found || n.Tok != token.CONTINUE && n.Label != nil
			}
			return !found
		})
	}
	return found
}

// makesGroup reports whether a goroutine is one of a group that its starter makes and keeps in
// a field, as r.group.Go(f) starts it: another method waits for all that it does.
func (j *Judge) makesGroup(cur cursor, starter *flow.Func) bool {
	call, ok := cur.Node().(*ast.CallExpr)
	if !ok {
		return false
	}
	method, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	group := j.flow.Assigned.Variable(method.X)
	if group == nil || !group.IsField() {
		return false
	}
	for assign := range starter.Cursor.Preorder((*ast.AssignStmt)(nil)) {
		for _, lhs := range assign.Node().(*ast.AssignStmt).Lhs {
			if j.flow.Assigned.Variable(lhs) == group && assign.Node().Pos() < cur.Node().Pos() {
				return true
			}
		}
	}
	return false
}

// deferred reports whether a node is a deferred call, or in a literal that is deferred. There a loop
// without an end, such as one that accepts connections, only cleans up after its goroutines.
func deferred(c, after cursor) bool {
	for up := range c.Enclosing((*ast.CallExpr)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch up.Node().(type) {
		case *ast.CallExpr:
			if _, ok := up.Parent().Node().(*ast.DeferStmt); ok {
				return up == c || !inEndlessLoop(after)
			}
		case *ast.FuncLit:
			if call, ok := up.Parent().Node().(*ast.CallExpr); !ok || call.Fun != up.Node() {
				return false
			}
		default:
			return false
		}
	}
	return false
}

func inEndlessLoop(cur cursor) bool {
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		loop, ok := up.Node().(*ast.ForStmt)
		if !ok {
			return false
		}
		if loop.Cond == nil {
			return true
		}
	}
	return false
}

func (j *Judge) sends(ch ast.Expr, w *walker) bool {
	v := j.root(ch)
	return v != nil && w.sent[v] && j.keeps(v) && j.escape(v) != Shared && !j.early(v, w)
}

// keeps reports whether a variable is local, and no parameter.
func (j *Judge) keeps(v *types.Var) bool {
	if j.flow.OwnerOf(v) == nil || j.isReceiver(v) {
		return false
	}
	_, isParam := j.flow.ParamIndex(v)
	return !isParam
}

// early reports whether the goroutine closes or sends to a channel and then goes on to
// loop, so that a receiver has not waited for its end.
func (j *Judge) early(v *types.Var, w *walker) bool {
	if w.first == nil || w.first.Body() == nil {
		return false
	}
	signalled := false
	for _, stmt := range w.first.Body().List {
		switch n := stmt.(type) {
		case *ast.SendStmt:
			signalled = signalled || j.is(n.Chan, v, w)
		case *ast.ExprStmt:
			if call, ok := n.X.(*ast.CallExpr); ok && len(call.Args) == 1 && j.info.Types[call.Fun].IsBuiltin() {
				signalled = signalled || j.is(call.Args[0], v, w)
			}
		case *ast.ForStmt, *ast.RangeStmt:
			if signalled {
				return true
			}
		}
	}
	return false
}

// is reports whether an expression in the goroutine's function is the variable v, or the
// parameter that v is given for.
func (j *Judge) is(e ast.Expr, v *types.Var, w *walker) bool {
	root := j.root(e)
	return root == v || root != nil && w.args[root] == v
}
