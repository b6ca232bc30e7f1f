package serves

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// forLoop walks a for statement. With a local condition, or three clauses, it ends by
// itself; without a condition it is left from inside, or never.
func (b *body) forLoop(n *ast.ForStmt) {
	inner := *b
	if n.Init != nil {
		b.stmts(n.Init)
	}
	switch {
	case n.Cond == nil:
		inner.enterLoop()
		if !b.leaves(n, n.Body) {
			b.addAt(forever, n.Pos(), Shared, "loops for ever")
		} else if !counts(n) && !b.stopped(n.Body) && b.repeats(n.Body) {
			b.addAt(repeat, n.Pos(), Given, "loops, and nothing here shows for how long")
		}
	case n.Post == nil && b.hasDeadline(n.Cond):
	case n.Post == nil && b.onlyWaits(n.Body) && b.worksIn(n.Cond):
		inner.enterLoop()
		b.add(work, n.Cond, b.worst(n.Cond), "works while")
		b.waits[len(b.waits)-1].carries = true
	case n.Post == nil && b.onlyWaits(n.Body):
	case n.Post == nil && !b.endsLocally(n):
		inner.enterLoop()
		b.add(while, n.Cond, b.worst(n.Cond), "loops while")
	case n.Post == nil && b.callDecides(n) && b.repeats(n.Body):
		inner.enterLoop()
		b.add(repeat, n.Cond, Given, "loops while")
	}
	if n.Cond != nil {
		inner.stmts(n.Cond)
	}
	if n.Post != nil {
		inner.stmts(n.Post)
	}
	inner.stmts(n.Body)
}

// hasDeadline reports whether a condition compares times, so that the loop ends with time.
func (b *body) hasDeadline(cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			found = found || known.Is(b.judge.info, call, "time.Now", "time.Since", "time.Until")
		}
		return !found
	})
	return found
}

// counts reports whether a loop without a condition has a counter, as one that gives up
// after some attempts has.
func counts(n *ast.ForStmt) bool {
	switch n.Post.(type) {
	case *ast.IncDecStmt, *ast.AssignStmt:
		return true
	}
	return false
}

// stopped reports whether a loop has a case that leaves it, of a channel which belongs to
// the starter or the goroutine alone.
func (b *body) stopped(loop *ast.BlockStmt) bool {
	for n := range ast.Preorder(loop) {
		clause, ok := n.(*ast.CommClause)
		if !ok || !leavesLoop(clause.Body) {
			continue
		}
		if ch := received(clause); ch != nil && b.origin(ch) == Own {
			return true
		}
	}
	return false
}

// received returns the channel that a case receives from, nil if it sends.
func received(clause *ast.CommClause) ast.Expr {
	var recv ast.Expr
	switch comm := clause.Comm.(type) {
	case *ast.ExprStmt:
		recv = comm.X
	case *ast.AssignStmt:
		recv = comm.Rhs[0]
	}
	if arrow, ok := ast.Unparen(recv).(*ast.UnaryExpr); ok {
		return arrow.X
	}
	return nil
}

// jump notes a goto back, which makes a loop of the function.
func (b *body) jump(n *ast.BranchStmt) {
	if n.Tok != token.GOTO {
		return
	}
	label := b.judge.info.Uses[n.Label]
	if label != nil && label.Pos() < n.Pos() && b.repeats(b.f.Body()) {
		b.addAt(repeat, n.Pos(), Given, "loops, and nothing here shows for how long")
	}
}

// repeats reports whether a loop in the goroutine's function, or in one that it calls,
// does work that could read a store. Nothing here shows how often it does that, and for
// how long: it may try again until it succeeds.
func (b *body) repeats(loop *ast.BlockStmt) bool {
	return b.worksIn(loop) && b.depth <= maxRepeat
}

// worksIn reports whether a statement or an expression has a call that could read a store.
func (b *body) worksIn(n ast.Node) bool {
	works := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.GoStmt:
			return false
		case *ast.CallExpr:
			if tv := b.judge.info.Types[n.Fun]; !tv.IsType() && !tv.IsBuiltin() {
				works = works || b.judge.flow.CouldRead(n.Fun, n.Args)
			}
		}
		return !works
	})
	return works
}

const maxRepeat = 2 // the goroutine's function, and those that it calls

// onlyWaits reports whether the body of a loop does nothing that could read a store, and
// waits for nothing but a sync.Cond. It waits for the condition, and does no work.
func (b *body) onlyWaits(loop *ast.BlockStmt) bool {
	only := true
	ast.Inspect(loop, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt, *ast.SelectStmt, *ast.FuncLit, *ast.GoStmt:
			only = false
		case *ast.UnaryExpr:
			only = only && n.Op != token.ARROW
		case *ast.CallExpr:
			if tv := b.judge.info.Types[n.Fun]; tv.IsType() || tv.IsBuiltin() {
				return true
			}
			c := b.judge.flow.Callees(n.Fun)
			only = only && len(c.Params) == 0 && !b.judge.flow.CouldRead(n.Fun, n.Args) && !isRead(c.Foreign)
		}
		return only
	})
	return only
}

// endsLocally reports whether the loop assigns to what its condition depends on: a local
// variable, or a field.
func (b *body) endsLocally(n *ast.ForStmt) bool {
	tests := make(map[string]bool)
	ast.Inspect(n.Cond, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if v, ok := b.judge.info.Uses[n].(*types.Var); ok && b.judge.flow.OwnerOf(v) != nil {
				tests[n.Name] = true
			}
		case *ast.SelectorExpr:
			tests[types.ExprString(n)] = true
			return false
		}
		return true
	})
	found := false
	note := func(e ast.Expr) { found = found || tests[types.ExprString(ast.Unparen(e))] }
	ast.Inspect(n.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				note(lhs)
			}
		case *ast.IncDecStmt:
			note(n.X)
		}
		return !found
	})
	return found
}

// callDecides reports whether the loop goes on as long as a call in it says so, as in
// for err == nil { err = receive() }.
func (b *body) callDecides(n *ast.ForStmt) bool {
	found := false
	ast.Inspect(n.Body, func(c ast.Node) bool {
		assign, ok := c.(*ast.AssignStmt)
		if !ok {
			return !found
		}
		for i, lhs := range assign.Lhs {
			call, isCall := ast.Unparen(assign.Rhs[min(i, len(assign.Rhs)-1)]).(*ast.CallExpr)
			if isCall && b.judge.flow.CouldRead(call.Fun, call.Args) && tests(n.Cond, b.judge.flow.Assigned.Variable(lhs), b.judge.info) {
				found = true
			}
		}
		return !found
	})
	return found
}

// tests reports whether a condition mentions a variable.
func tests(cond ast.Expr, v *types.Var, info *types.Info) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && v != nil && info.Uses[id] == v
		return !found
	})
	return found
}

// leaves reports whether a loop has a statement that leaves it.
func (b *body) leaves(n ast.Stmt, loop *ast.BlockStmt) bool {
	own := ""
	if cur, ok := b.f.Cursor.FindNode(n); ok {
		if labeled, ok := cur.Parent().Node().(*ast.LabeledStmt); ok {
			own = labeled.Label.Name
		}
	}
	found := false
	depth := 0
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Tok == token.GOTO || n.Tok == token.BREAK && (n.Label != nil || depth == 0) ||
				n.Tok == token.CONTINUE && n.Label != nil && n.Label.Name != own && !labels(loop, n.Label.Name)
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "panic" {
				found = true
			}
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Goexit" || sel.Sel.Name == "Exit") {
				found = true
			}
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			depth++
			for _, child := range children(n) {
				ast.Inspect(child, visit)
			}
			depth--
			return false
		}
		return !found
	}
	ast.Inspect(loop, visit)
	return found
}

// labels reports whether a statement in a loop has a label.
func labels(loop *ast.BlockStmt, name string) bool {
	for n := range ast.Preorder(loop) {
		if labeled, ok := n.(*ast.LabeledStmt); ok && labeled.Label.Name == name {
			return true
		}
	}
	return false
}

func children(n ast.Node) (list []ast.Node) {
	ast.Inspect(n, func(c ast.Node) bool {
		if c == n {
			return true
		}
		if c != nil {
			list = append(list, c)
		}
		return false
	})
	return list
}

func (b *body) rangeLoop(n *ast.RangeStmt) {
	inner := *b
	b.stmts(n.X)
	b.takesOut(n)
	if t := b.judge.info.TypeOf(n.X); t != nil {
		if ch, ok := t.Underlying().(*types.Chan); ok {
			inner.enterLoop()
			k, origin := channelKind(ch), b.origin(n.X)
			b.signals = b.signals || isSignal(ch)
			if k == tick { // a ticker never closes its channel
				origin = max(origin, b.receiver())
				if !b.leaves(n, n.Body) {
					origin = Shared
				}
			}
			inner.addChannel(k, n.X, ch.Elem(), origin, "ranges over the channel")
		}
	}
	inner.stmts(n.Body)
}
