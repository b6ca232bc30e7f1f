package serves

import (
	"go/ast"
	"go/types"
	"regexp"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// idle reports whether a goroutine that serves others gets no work that had stores where
// it was submitted, so that nothing is lost when it has none.
func (j *Judge) idle(w *walker, fun ast.Expr, args []ast.Expr) bool {
	stays := false
	for _, wait := range w.waits {
		if !wait.decides() {
			continue
		}
		stays = true
		switch wait.kind {
		case accept, work, queued, again:
			return false
		}
	}
	return (stays || w.timer) && !w.handed && j.flow.Reads(fun, args) < flow.Does
}

var (
	// ownFunction are names of function values that are settings of the goroutine's
	// owner and no work.
	ownFunction = regexp.MustCompile(`(?i)^(now|time|clock|since|rand|dial|log|debug|info|warn|print|trace|sleep|after|new|lookup|resolve|close|cancel)`)

	// handlerName are names of methods of interfaces that users implement.
	handlerName = regexp.MustCompile(`^(On|Handle|Serve|Process|Run|Do|Call|Invoke|Exec|Execute|Notify|Dispatch|Deliver|Apply)([A-Z].*)?$`)

	popName = regexp.MustCompile(`^(Next|Pop|Take|Dequeue|next|pop|take|dequeue)([A-Z].*)?$`)
)

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
