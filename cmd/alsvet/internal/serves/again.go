package serves

import (
	"go/ast"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// startsAgain is for a function that a call runs elsewhere: it may be the one that the
// goroutine began with. The literal of the starter's own go statement is found again only
// where the starter calls itself, which is no loop.
func (b *body) startsAgain(at ast.Node, fun ast.Expr) {
	if b.first != nil && (b.first.Obj != nil || b.timer) && slices.Contains(b.judge.flow.Callees(fun).Funcs, b.first) {
		why := "it starts itself again (" + b.judge.position(at.Pos()) + ")"
		b.waits = append(b.waits, wait{kind: again, origin: Shared, why: why})
	}
}

// onlyAgain reports whether all that shows that a goroutine serves others is that it starts itself
// again: it does the work of its starter, in parts.
func (w *walker) onlyAgain() bool {
	return !w.timer && !slices.ContainsFunc(w.waits, func(wait wait) bool { return wait.decides() && wait.kind != again })
}

// keepsTimer says why a timer may be that of a value which others share, and not of the
// function that sets it: x.timer = time.AfterFunc(d, x.expire).
func (j *Judge) keepsTimer(w *walker, cur cursor, fun ast.Expr) string {
	if !w.timer {
		return ""
	}
	assign, ok := cur.Parent().Node().(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 1 {
		return ""
	}
	field, ok := ast.Unparen(assign.Lhs[0]).(*ast.SelectorExpr)
	if !ok || j.root(field) == nil {
		return ""
	}
	if j.stopsTimer(w.starter, field) {
		return "the next call stops the timer in " + flow.Text(field) + ", and works for this one, too"
	}
	method, isSel := ast.Unparen(fun).(*ast.SelectorExpr)
	if !isSel || !j.isValue(method.X) || j.root(field) != j.root(method) {
		return ""
	}
	return "the timer is kept in " + flow.Text(field)
}

// stopsTimer reports whether a function stops the timer in a field, as a debouncer does before it sets
// the next one.
func (j *Judge) stopsTimer(f *flow.Func, field *ast.SelectorExpr) bool {
	if f == nil {
		return false
	}
	for cur := range f.Cursor.Preorder((*ast.CallExpr)(nil)) {
		stop, ok := cur.Node().(*ast.CallExpr).Fun.(*ast.SelectorExpr)
		if ok && stop.Sel.Name == "Stop" && j.root(stop.X) == j.root(field) && flow.Text(stop.X) == flow.Text(field) {
			return true
		}
	}
	return false
}

// startsItself says where a named function starts itself again on another goroutine, by
// way of other functions. The next goroutine would carry the stores on, and so for ever.
func (j *Judge) startsItself(w *walker) string {
	if w.first == nil || w.first.Obj == nil {
		return ""
	}
	from := reached(w.first)
	for cur := range j.flow.Root.Preorder((*ast.GoStmt)(nil)) {
		if f := j.flow.Enclosing(cur); f == nil || !from[f] {
			continue
		}
		for _, started := range j.flow.Callees(cur.Node().(*ast.GoStmt).Call.Fun).Funcs {
			if reached(started)[w.first] {
				return "it may start itself again (" + j.position(cur.Node().Pos()) + ")"
			}
		}
	}
	return ""
}

// reached returns the functions of the package that a call of f may lead to, f among them.
func reached(f *flow.Func) map[*flow.Func]bool {
	set := map[*flow.Func]bool{f: true}
	for list := []*flow.Func{f}; len(list) > 0; {
		next := list[len(list)-1]
		list = list[:len(list)-1]
		for _, callee := range next.Callees() {
			if !set[callee] {
				set[callee] = true
				list = append(list, callee)
			}
		}
	}
	return set
}
