package serves

import (
	"go/ast"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// ofValue reports whether the timer that runs a function belongs to a value, and not to the call
// that sets it: it is kept in a field, where other calls stop it or set it again, and its function
// is given nothing of the call. It may call handlers, but no function of a list or of an element of
// one: that of a batch has the work of all callers. The timer of a request works for its caller.
func (j *Judge) ofValue(w *walker, starter *flow.Func, fun ast.Expr, args []ast.Expr) bool {
	if w.taken || w.listed || w.kept == nil || !w.kept.IsField() || w.ofJob() {
		return false
	}
	return !j.passes(w, starter, fun, args) || j.setsUp(w, starter, fun, args)
}

// ofJob reports whether the timer that runs a function is kept in a value that is the work of one
// caller, as the name of its type says.
func (w *walker) ofJob() bool { return jobType.MatchString(w.keeper) }
