package serves

import (
	"go/ast"
	"go/types"
	"iter"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// endedElsewhere says why a loop may run on after this call, "" if it does not: another goroutine ends
// it, and nothing bounds that one.
//
//	quit := make(chan struct{})
//	go c.keepAlive(quit)
//	go c.receive(quit) // closes quit
func (j *Judge) endedElsewhere(w *walker, cur cursor) string {
	asked := j.ending[cur.Node()] // goroutines that end each other
	j.ending[cur.Node()] = true
	if !asked {
		defer delete(j.ending, cur.Node())
	}
	for end, why := range j.ownEnds(w) {
		if !j.endedBy(end) && (asked || j.endedByOther(end, cur)) {
			return why + ", which another goroutine does"
		}
	}
	return ""
}

// endedByCaller says why a loop that works only when a ticker or timer fires may run on after this
// call, "" if it does not: the starter returns the function that ends it, and nothing else does.
func (j *Judge) endedByCaller(w *walker, fun ast.Expr) string {
	for end, why := range j.ownEnds(w) {
		handed := j.onlyReturned(end) || flow.IsFunc(end.Type()) && j.escape(end) == Returned || j.closedByReturned(end, w.starter)
		if handed && j.byTheClock(w, fun) {
			return why + ", with what " + w.starter.Name() + " returns"
		}
	}
	return ""
}

// ownEnds returns the channels and cancel functions of this call that end loops of a goroutine, each
// with the reason that its loop gives.
func (j *Judge) ownEnds(w *walker) iter.Seq2[*types.Var, string] {
	return func(yield func(*types.Var, string) bool) {
		for _, wait := range w.waits {
			if !wait.ends || wait.origin != Own {
				continue
			}
			for _, v := range wait.until {
				if end := j.endOf(v); end != nil && !yield(end, wait.why) {
					return
				}
			}
		}
	}
}

// onlyReturned reports whether the one use of a variable is that its function returns it.
func (j *Judge) onlyReturned(v *types.Var) bool {
	uses := j.usesOfVar(v)
	if len(uses) != 1 {
		return false
	}
	_, isReturn := uses[0].Parent().Node().(*ast.ReturnStmt)
	return isReturn
}

// closedByReturned reports whether a literal closes a channel that is in a variable which the starter
// returns:
//
//	stop = func() { once.Do(func() { close(done) }) }
func (j *Judge) closedByReturned(end *types.Var, starter *flow.Func) bool {
	for _, use := range j.usesOfVar(end) {
		call, ok := use.Parent().Node().(*ast.CallExpr)
		if !ok || !j.isBuiltin(call, "close") {
			continue
		}
		for f := j.flow.Enclosing(use); f != nil && f != starter; f = f.Owner {
			assign, ok := f.Cursor.Parent().Node().(*ast.AssignStmt)
			if ok && len(assign.Lhs) == 1 && j.returned(j.flow.Assigned.Variable(assign.Lhs[0]), starter) {
				return true
			}
		}
	}
	return false
}

// endOf returns the channel that is closed to end a loop, or the function that cancels the context
// which does: a local variable, nil for others.
func (j *Judge) endOf(v *types.Var) *types.Var {
	if v == nil || !j.keeps(v) && j.replaced(v) == nil {
		return nil
	}
	if isChannel(v.Type()) {
		return v
	}
	values, _ := j.flow.Assigned.Values(v)
	for _, value := range values {
		call, ok := ast.Unparen(value).(*ast.CallExpr)
		if !ok || !known.Is(j.info, call, "context.WithCancel", "context.WithCancelCause") {
			continue
		}
		if cancel := j.cancelOf(call); cancel != nil {
			return cancel
		}
	}
	return nil
}

// cancelOf returns the variable with the function that cancels the context which a call makes, nil
// if there is none.
func (j *Judge) cancelOf(call *ast.CallExpr) *types.Var {
	cur, ok := j.flow.Root.FindNode(call)
	if !ok {
		return nil
	}
	assign, ok := cur.Parent().Node().(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 2 {
		return nil
	}
	return j.flow.Assigned.Variable(assign.Lhs[1])
}

// endedBy reports whether the function that has an end uses it on its own goroutine, other than to
// receive from it, or to give it to a goroutine that it starts.
func (j *Judge) endedBy(end *types.Var) bool {
	owner := j.flow.OwnerOf(end)
	return slices.ContainsFunc(j.usesOfVar(end), func(use cursor) bool {
		if !j.flow.RunsWithin(j.flow.Enclosing(use), owner) {
			return false
		}
		call, isCall := use.Parent().Node().(*ast.CallExpr)
		if _, isReceive := use.Parent().Node().(*ast.UnaryExpr); isReceive || !isCall {
			return !isReceive
		}
		_, isGo := use.Parent().Parent().Node().(*ast.GoStmt)
		return !isGo || call.Fun == use.Node()
	})
}

// endedByOther reports whether a goroutine other than that of cur ends what runs until end, and may
// itself run on after this call.
func (j *Judge) endedByOther(end *types.Var, cur cursor) bool {
	for other := range j.flow.OwnerOf(end).Cursor.Preorder((*ast.GoStmt)(nil)) {
		call := other.Node().(*ast.GoStmt).Call
		starter := j.flow.Enclosing(other)
		if other == cur || starter == nil {
			continue
		}
		w := &walker{judge: j, starter: starter, visited: make(map[visit]bool)}
		w.start(call.Fun, call.Args)
		if (w.sent[end] || flow.IsFunc(end.Type()) && w.used[end]) &&
			j.startedFrom(anywhere, other, starter, call.Fun, call.Args).Answer != Starter {
			return true
		}
	}
	return false
}
