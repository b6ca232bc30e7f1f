package serves

import (
	"go/ast"
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// An env says what the parameters of a function are, in terms of its caller. The variables around
// it are those of outer: a function that was handed over is not called where it stands.
type env struct {
	args   map[*types.Var]ast.Expr
	caller *env
	outer  *env
}

func (e *env) lookup(v *types.Var) (ast.Expr, *env) {
	for ; e != nil; e = e.outer {
		if arg := e.args[v]; arg != nil {
			return arg, e.caller
		}
	}
	return nil, nil
}

// bind returns the environment of a call of f with arguments in terms of caller. Outer is that of
// the expression fun.
func (w *walker) bind(f *flow.Func, fun ast.Expr, args []ast.Expr, caller, outer *env) *env {
	e := &env{args: make(map[*types.Var]ast.Expr), caller: caller, outer: outer}
	for i, arg := range args {
		if v := f.Param(i); v != nil {
			e.args[v] = arg
		}
	}
	if sel, ok := ast.Unparen(fun).(*ast.SelectorExpr); ok && f.Obj != nil {
		if recv := f.Obj.Signature().Recv(); recv != nil {
			if s := w.judge.info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
				e.args[recv] = sel.X
			} else if len(args) > 0 { // a method expression
				e.args[recv] = args[0]
			}
		}
	}
	return e
}
