package serves

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// receive notes <-ch.
func (b *body) receive(ch ast.Expr) {
	t := b.judge.info.TypeOf(ch)
	if t == nil {
		return
	}
	c, ok := t.Underlying().(*types.Chan)
	if !ok {
		return
	}
	k := channelKind(c)
	b.signals = b.signals || isSignal(c)
	switch {
	case b.inLoop > 0 && k == work && b.asks(ch):
	case b.inLoop > 0 && k == tick: // it ticks for as long as its receiver is in use
		b.add(k, ch, max(b.origin(ch), b.receiver()), "receives in a loop from")
	case b.inLoop > 0 && k == stop && b.endsLoop(ch):
		b.addAt(k, ch.Pos(), max(b.origin(ch), b.owner()), "runs until "+flow.Text(ch)+" ends it")
		b.waits[len(b.waits)-1].ends = true
		b.waits[len(b.waits)-1].until = slices.Collect(b.roots(signalOf(ch)))
	case b.inLoop > 0:
		b.addChannel(k, ch, c.Elem(), max(b.origin(ch), b.owner()), "receives in a loop from")
	case isSignal(c): // it comes long after the starter
		b.add(stop, ch, Shared, "waits for a signal from")
	case k == stop && b.frees(ch):
	case k == stop && b.depth <= maxRepeat && b.statement(ch):
		b.add(end, ch, b.origin(ch), "waits for")
	case flow.IsFunc(c.Elem()) && b.origin(ch) > Own:
		b.add(queued, ch, b.origin(ch), "runs what comes from")
	case b.depth <= maxShallow && b.takesJob(ch, c.Elem()):
		b.add(job, ch, b.origin(ch), "takes a job from")
	}
}

// signalOf returns the context whose Done returns a channel, or the channel.
func signalOf(ch ast.Expr) ast.Expr {
	if call, ok := ast.Unparen(ch).(*ast.CallExpr); ok {
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" {
			return sel.X
		}
	}
	return ch
}

// frees reports whether a receive gives back a place in a semaphore that the starter took, or a
// function that it calls: s.places <- struct{}{}. It does not wait.
func (b *body) frees(ch ast.Expr) bool {
	places := b.judge.flow.Assigned.Variable(ch)
	if places == nil || b.starter == nil {
		return false
	}
	for _, f := range append([]*flow.Func{b.starter}, b.starter.Callees()...) {
		if f == b.first {
			continue
		}
		for cur := range f.Cursor.Preorder((*ast.SendStmt)(nil)) {
			if b.judge.flow.Enclosing(cur) == f && b.judge.flow.Assigned.Variable(cur.Node().(*ast.SendStmt).Chan) == places {
				return true
			}
		}
	}
	return false
}

// isSignal reports whether a channel is one of the signals of the process.
func isSignal(c *types.Chan) bool { return types.TypeString(c.Elem(), nil) == "os.Signal" }

// timeout reports whether a clause of a select leaves the loop when a time has come, and
// then walks it: a timeout is no regular tick.
func (b *body) timeout(n *ast.CommClause) bool {
	source := received(n)
	if source == nil || len(n.Body) == 0 {
		return false
	}
	ch, ok := b.judge.info.TypeOf(source).Underlying().(*types.Chan)
	if !ok || channelKind(ch) != tick {
		return false
	}
	switch last := n.Body[len(n.Body)-1].(type) {
	case *ast.ReturnStmt:
	case *ast.BranchStmt:
		if last.Label == nil {
			return false
		}
	default:
		return false
	}
	for _, stmt := range n.Body {
		b.stmts(stmt)
	}
	return true
}

// endsLoop reports whether a receive is a case of a select that leaves the loop around it.
func (b *body) endsLoop(ch ast.Expr) bool {
	cur, ok := b.f.Cursor.FindNode(ch)
	if !ok {
		return false
	}
	for up := range cur.Enclosing((*ast.CommClause)(nil), (*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil)) {
		clause, isCase := up.Node().(*ast.CommClause)
		return isCase && leavesLoop(clause.Body)
	}
	return false
}

// statement reports whether a receive is a statement of its own, and no case of a select.
// Work waits in cases: for a result, or until its context ends.
func (b *body) statement(ch ast.Expr) bool {
	cur, ok := b.f.Cursor.FindNode(ch)
	if !ok {
		return false
	}
	_, single := cur.Parent().Parent().Node().(*ast.ExprStmt)
	_, isCase := cur.Parent().Parent().Parent().Node().(*ast.CommClause)
	return single && !isCase
}

// receiver returns the origin of the method's receiver.
func (b *body) receiver() Origin {
	if b.f.Obj == nil || b.f.Obj.Signature().Recv() == nil {
		return Own
	}
	return b.variable(b.f.Obj.Signature().Recv(), b.env, 0)
}

// owner returns Given if the goroutine's function is a method of a value that the starter
// makes and returns: it may serve all users of that value. Otherwise it returns Own.
func (b *body) owner() Origin {
	if b.first == nil || b.starter == nil {
		return Own
	}
	first := &body{walker: b.walker, f: b.first, env: b.begin}
	if first.receiver() == Returned {
		return Given
	}
	return Own
}

func channelKind(c *types.Chan) kind {
	switch t := c.Elem().Underlying().(type) {
	case *types.Struct:
		if t.NumFields() == 0 {
			return stop
		}
		if types.TypeString(c.Elem(), nil) == "time.Time" {
			return tick
		}
	case *types.Basic:
		if _, named := types.Unalias(c.Elem()).(*types.Named); t.Kind() == types.Bool || named && t.Info()&types.IsInteger != 0 {
			return stop // or another signal, such as the state of a connection
		}
	case *types.Interface:
		switch types.TypeString(c.Elem(), nil) {
		case "error", "os.Signal":
			return stop
		}
	}
	return work
}
