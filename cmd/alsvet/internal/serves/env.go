package serves

import (
	"go/ast"
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// An env says what the parameters of a function are, in terms of its caller.
type env struct {
	args   map[*types.Var]ast.Expr
	caller *env
}

func (e *env) lookup(v *types.Var) (ast.Expr, *env) {
	for ; e != nil; e = e.caller {
		if arg := e.args[v]; arg != nil {
			return arg, e.caller
		}
	}
	return nil, nil
}

// bind returns the environment of a call of f.
func (w *walker) bind(f *flow.Func, fun ast.Expr, args []ast.Expr, caller *env) *env {
	e := &env{args: make(map[*types.Var]ast.Expr), caller: caller}
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
