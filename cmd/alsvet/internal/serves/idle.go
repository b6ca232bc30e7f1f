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
		case accept, queued:
			return false
		case work:
			if wait.carries {
				return false
			}
		case again:
			if !w.timer {
				return false // a tree that is walked in parallel
			}
		}
	}
	return (stays || w.timer) && !w.handed && j.flow.Reads(fun, args) < flow.Does
}

// idleHelper reports whether a goroutine that may serve others runs no function that
// others handed over, and does not read a store itself.
func (j *Judge) idleHelper(w *walker, fun ast.Expr, args []ast.Expr) bool {
	return !w.handed && j.flow.Reads(fun, args) < flow.Does && !j.passesOn(w)
}

// passesOn reports whether the function of a goroutine, or one that it calls, starts
// another goroutine that serves only this one: the stores are lost on the way to it.
func (j *Judge) passesOn(w *walker) bool {
	if w.first == nil || j.asking[w.first] {
		return false
	}
	j.asking[w.first] = true
	defer delete(j.asking, w.first)
	for _, f := range append([]*flow.Func{w.first}, w.first.Callees()...) {
		for cur := range f.Cursor.Preorder((*ast.GoStmt)(nil)) {
			call := cur.Node().(*ast.GoStmt).Call
			if j.flow.Enclosing(cur) == f && j.flow.GoroutineReads(call) && !j.flow.OnlyCloses(call.Fun) &&
				j.startedFrom(anywhere, cur, f, call.Fun, call.Args).Answer == Starter {
				return true
			}
		}
	}
	return false
}

// isSetting reports whether a function value is a setting of the goroutine's owner and no
// work: it is called as one, cancels a context, or only returns a number or text.
func isSetting(v *types.Var) bool {
	if ownFunction.MatchString(v.Name()) || types.TypeString(v.Type(), nil) == "context.CancelFunc" {
		return true
	}
	sig, ok := v.Type().Underlying().(*types.Signature)
	if !ok || sig.Params().Len() > 0 || sig.Results().Len() != 1 {
		return false
	}
	result, ok := sig.Results().At(0).Type().Underlying().(*types.Basic)
	return ok && result.Info()&(types.IsNumeric|types.IsString) != 0
}

var (
	// ownFunction are names of function values that are settings.
	ownFunction = regexp.MustCompile(`(?i)^(now|time|clock|since|rand|dial|log|debug|info|warn|print|trace|sleep|after|new|lookup|resolve|close|cancel)|cancel$`)

	// handlerName are names of methods of interfaces that users implement.
	handlerName = regexp.MustCompile(`^(On|Handle|Serve|Process|Run|Do|Call|Invoke|Exec|Execute|Notify|Dispatch|Deliver|Apply)([A-Z].*)?$`)

	popName = regexp.MustCompile(`^(Next|Pop|Take|Dequeue|next|pop|take|dequeue)([A-Z].*)?$`)
)
