package serves

import (
	"go/ast"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// isAfterFunc reports whether a call is one of time.AfterFunc, also by a variable that tests replace.
func (j *Judge) isAfterFunc(call *ast.CallExpr) bool {
	foreign := j.flow.Callees(call.Fun).Foreign
	return len(foreign) == 1 && foreign[0].FullName() == "time.AfterFunc"
}

// ofValue reports whether the timer that runs a function belongs to a value, and not to the call
// that sets it: it is kept in a field, where other calls stop it or set it again, and its function
// is given nothing of the call. It may call handlers, but near its beginning no function of a list or of
// an element of one: that of a batch has the work of all callers. Further down such a function is
// mostly told that something has ended. The timer of a request works for its caller.
func (j *Judge) ofValue(w *walker, starter *flow.Func, fun ast.Expr, args []ast.Expr) bool {
	if w.flushes || w.kept == nil || !w.kept.IsField() || w.ofJob() {
		return false
	}
	return !j.passes(w, starter, fun, args) || j.setsUp(w, starter, fun, args)
}

// setsItselfAgain reports whether a timer runs a function that sets that timer again: it works for the
// value that has the function, until that ends. Something of the call goes to one that tries the work of
// its caller again, and one of a batch has the work of all callers.
func (j *Judge) setsItselfAgain(w *walker, starter *flow.Func, fun ast.Expr, args []ast.Expr) bool {
	again := slices.ContainsFunc(w.waits, func(wait wait) bool { return wait.kind == again })
	return w.timer && again && !w.flushes && !w.ofJob() && !j.passes(w, starter, fun, args)
}

// ofJob reports whether the timer that runs a function is kept in a value that is the work of one
// caller, as the name of its type says.
func (w *walker) ofJob() bool { return jobType.MatchString(w.keeper) }
