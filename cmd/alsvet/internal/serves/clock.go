package serves

import (
	"go/ast"
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// byTheClock reports whether a goroutine works only when a ticker or timer fires: in its own
// function, or in the one that this calls, all calls that could read a store are in a loop, in the
// case of a channel of times. If the caller that starts it does not wait for it, that is maintenance,
// and no work of that caller. A loop that tries something again after a pause works outside of that
// case, or returns in it.
func (j *Judge) byTheClock(w *walker, fun ast.Expr) bool {
	if w.handed {
		return false
	}
	if w.first == nil {
		c := j.flow.Callees(fun)
		return len(c.Foreign) == 1 && !c.Unknown && len(c.Params) == 0 && j.pass.ImportObjectFact(c.Foreign[0].Origin(), new(Ticks))
	}
	return j.maintains(w)
}

// ofService reports whether a goroutine works for all users of a value, and only when a ticker
// fires or without a pause: it receives no work and takes none out of a queue. The functions that
// it calls were registered for all, so that no caller's stores are lost on the way to it.
func (w *walker) ofService() bool {
	if w.taken {
		return false
	}
	found := false
	for _, wait := range w.waits {
		switch {
		case wait.kind == work && wait.carries:
			return false
		case !wait.decides() || wait.kind == stop:
		case wait.kind == tick || wait.kind == forever:
			found = true
		default:
			return false
		}
	}
	return found
}

// Ticks is a fact about a function that works only when a ticker or timer fires.
type Ticks struct{}

func (*Ticks) AFact() {}

func (*Ticks) String() string { return "ticks" }

// maintains reports whether the function that a walker has walked, or the one that this only calls,
// works by the clock.
func (j *Judge) maintains(w *walker) bool {
	f := w.first
	if next := j.onlyCallee(f); next != nil {
		f = next
	}
	return !w.handed && j.ticks(f) && !j.passesOn(w)
}

// onlyCallee returns the function of the package of which a call is all that f does but for defer
// statements, nil for others.
func (j *Judge) onlyCallee(f *flow.Func) *flow.Func {
	if f.Body() == nil {
		return nil
	}
	var only *flow.Func
	for _, stmt := range f.Body().List {
		switch stmt := stmt.(type) {
		case *ast.DeferStmt:
		case *ast.ExprStmt:
			call, ok := ast.Unparen(stmt.X).(*ast.CallExpr)
			if !ok || only != nil {
				return nil
			}
			c := j.flow.Callees(call.Fun)
			if len(c.Funcs) != 1 || c.Unknown || len(c.Foreign)+len(c.Params) > 0 {
				return nil
			}
			only = c.Funcs[0]
		default:
			return nil
		}
	}
	return only
}

// ticks reports whether a function loops over times, and works in the loop only when it has
// received one.
func (j *Judge) ticks(f *flow.Func) bool {
	if f.Body() == nil {
		return false
	}
	inside := make(map[ast.Node]bool)
	for cur := range f.Cursor.Preorder((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if j.flow.Enclosing(cur) != f {
			continue
		}
		switch loop := cur.Node().(type) {
		case *ast.RangeStmt:
			if j.isTime(loop.X) && !leavesLoop(loop.Body.List) {
				inside[loop.Body] = true
			}
		case *ast.ForStmt:
			for n := range ast.Preorder(loop.Body) {
				if clause, ok := n.(*ast.CommClause); ok && clause.Comm != nil && j.isTime(received(clause)) && !leavesLoop(clause.Body) {
					inside[clause] = true
				}
			}
		}
	}
	works, only := false, true
	var visit func(n ast.Node, in bool)
	visit = func(n ast.Node, in bool) {
		ast.Inspect(n, func(c ast.Node) bool {
			if c == nil || !only {
				return false
			}
			if inside[c] && !in {
				visit(c, true)
				return false
			}
			switch c := c.(type) {
			case *ast.DeferStmt:
				return false
			case *ast.CallExpr:
				if tv := j.info.Types[c.Fun]; !tv.IsType() && !tv.IsBuiltin() && j.flow.Reads(c.Fun, c.Args) > flow.Logs {
					works, only = works || in, only && in
				}
			}
			return true
		})
	}
	visit(f.Body(), false)
	return works && only
}

// isTime reports whether an expression is a channel of times.
func (j *Judge) isTime(e ast.Expr) bool {
	if e == nil {
		return false
	}
	t := j.info.TypeOf(e)
	if t == nil {
		return false
	}
	ch, ok := t.Underlying().(*types.Chan)
	return ok && channelKind(ch) == tick
}
