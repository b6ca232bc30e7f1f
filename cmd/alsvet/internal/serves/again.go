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
	timer := ast.Unparen(assign.Lhs[0])
	if j.root(timer) == nil {
		return ""
	}
	if j.staysForNext(timer, w.starter) && j.stopsTimer(w.starter, timer) {
		return "the next call stops the timer in " + flow.Text(timer) + ", and works for this one, too"
	}
	field, isField := timer.(*ast.SelectorExpr)
	method, isSel := ast.Unparen(fun).(*ast.SelectorExpr)
	if !isField || !isSel || !j.isValue(method.X) || j.root(field) != j.root(method) {
		return ""
	}
	return "the timer is kept in " + flow.Text(field)
}

// staysForNext reports whether the next call of a function has the same variable, field or element for a
// timer. It does not have its own local variables again.
func (j *Judge) staysForNext(timer ast.Expr, f *flow.Func) bool {
	_, isVariable := timer.(*ast.Ident)
	return !isVariable || f != nil && j.flow.OwnerOf(j.root(timer)) != f
}

// stopsTimer reports whether a function stops a timer, as a debouncer does before it sets the next one,
// also by another name: if t := n.timer; t != nil { t.Stop() }.
func (j *Judge) stopsTimer(f *flow.Func, timer ast.Expr) bool {
	if f == nil {
		return false
	}
	same := func(e ast.Expr) bool { return j.root(e) == j.root(timer) && flow.Text(e) == flow.Text(timer) }
	for cur := range f.Cursor.Preorder((*ast.CallExpr)(nil)) {
		stop, ok := cur.Node().(*ast.CallExpr).Fun.(*ast.SelectorExpr)
		if !ok || stop.Sel.Name != "Stop" {
			continue
		}
		var other []ast.Expr
		if v := j.flow.Assigned.Variable(stop.X); v != nil && j.flow.OwnerOf(v) == f {
			other, _ = j.flow.Assigned.Values(v)
		}
		if same(stop.X) || slices.ContainsFunc(other, same) {
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
