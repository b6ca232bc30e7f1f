package serves

import (
	"go/ast"
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// variable returns the origin of a variable, the greatest of what it is assigned. One
// that is assigned from itself, as in n = n.next, adds nothing by that.
func (w *walker) variable(v *types.Var, e *env, steps int) Origin {
	asked := local{v, e}
	if origin, done := w.origins[asked]; done {
		return origin
	}
	if w.origins == nil {
		w.origins = make(map[local]Origin)
	}
	w.origins[asked] = Own // while it is asked
	origin := w.findOrigin(v, e, steps)
	w.origins[asked] = origin
	return origin
}

// A local is a variable in a call.
type local struct {
	v   *types.Var
	env *env
}

func (w *walker) findOrigin(v *types.Var, env *env, steps int) Origin {
	if arg, outer := env.lookup(v); arg != nil {
		origin := w.originOf(arg, outer, steps+1)
		replaced, _ := w.judge.flow.Assigned.Values(v)
		for _, value := range replaced {
			origin = max(origin, w.originOf(value, env, steps+1))
		}
		if escape := w.judge.escape(v); escape != Returned {
			origin = max(origin, escape) // as a worker that goes back to its pool
		}
		return origin
	}
	p := w.judge.flow
	owner := p.OwnerOf(v)
	if owner == nil {
		return Shared
	}
	isReceiver := owner.Obj != nil && owner.Obj.Signature().Recv() == v
	index, isParam := p.ParamIndex(v)
	if isParam && w.isOwnContext(v, env, steps) {
		return w.judge.escape(v)
	}
	if isReceiver || isParam {
		if origin, known := w.ofCallers(owner, isReceiver, index, steps); known {
			return origin
		}
	}
	if isReceiver {
		return Shared
	}
	if isParam {
		return Given
	}
	if over := p.Assigned.Ranged(v); over != nil {
		return w.originOf(over, env, steps+1)
	}
	result := Own
	values, _ := p.Assigned.Values(v)
	for _, value := range values {
		result = max(result, w.originOf(value, env, steps+1))
	}
	if len(values) == 0 && isChannel(v.Type()) && !w.judge.declared(v) {
		result = Unknown
	}
	return max(result, w.judge.escape(v))
}

// isOwnContext reports whether a function gives its parameter a new context, and keeps the function that
// cancels it in no field or package variable.
func (w *walker) isOwnContext(v *types.Var, env *env, steps int) bool {
	derived := w.judge.replaced(v)
	return derived != nil && w.originOf(derived, env, steps+1) == Own
}

// replaced returns the call that makes the one context which a parameter has from the beginning on:
//
//	ctx, cancel := context.WithCancel(ctx)
func (j *Judge) replaced(v *types.Var) *ast.CallExpr {
	values, _ := j.flow.Assigned.Values(v)
	owner := j.flow.OwnerOf(v)
	if _, isParam := j.flow.ParamIndex(v); !isParam || len(values) != 1 || owner.Body() == nil {
		return nil
	}
	call, ok := values[0].(*ast.CallExpr)
	if !ok || !known.Is(j.info, call, "context.WithCancel", "context.WithCancelCause", "context.WithTimeout",
		"context.WithTimeoutCause", "context.WithDeadline", "context.WithDeadlineCause") {
		return nil
	}
	for _, stmt := range owner.Body().List {
		if assign, ok := stmt.(*ast.AssignStmt); ok && assign.Rhs[0] == call {
			return call
		}
		if startsOrKeeps(stmt) {
			return nil
		}
	}
	return nil
}

// startsOrKeeps reports whether a statement has a function literal or a go statement, which may run with
// what its variables hold later.
func startsOrKeeps(stmt ast.Stmt) (found bool) {
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit, *ast.GoStmt:
			found = true
		}
		return !found
	})
	return found
}

// ofCallers returns the greatest origin of what a function's callers give for its receiver
// or a parameter, if the function is unexported and all its uses are calls. It is never
// Own, since a caller may share what it has in ways that are not followed.
func (w *walker) ofCallers(f *flow.Func, receiver bool, index, steps int) (origin Origin, known bool) {
	if f.Obj == nil || f.Obj.Exported() || steps > maxCallers {
		return 0, false
	}
	uses := w.judge.usesOf()[f.Obj]
	for _, use := range uses {
		fun := use
		sel, isSel := use.Parent().Node().(*ast.SelectorExpr)
		if isSel && sel.Sel == use.Node() {
			fun = use.Parent()
		}
		call, ok := fun.Parent().Node().(*ast.CallExpr)
		if !ok || call.Fun != fun.Node() {
			return 0, false
		}
		switch {
		case receiver && !isSel || !receiver && index >= len(call.Args):
			return 0, false
		case receiver:
			origin = max(origin, w.originOf(sel.X, nil, steps+1))
		default:
			origin = max(origin, w.originOf(call.Args[index], nil, steps+1))
		}
	}
	return max(origin, Given), len(uses) > 0
}

const maxCallers = 4 // from caller to caller

// declared reports whether a variable is declared without a value.
func (j *Judge) declared(v *types.Var) bool {
	cur, ok := j.flow.Root.FindByPos(v.Pos(), v.Pos())
	if !ok {
		return false
	}
	_, ok = cur.Parent().Node().(*ast.ValueSpec)
	return ok
}

// root returns the variable that an expression starts from, nil if none.
func (j *Judge) root(e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v, _ := j.info.ObjectOf(x).(*types.Var)
			return v
		case *ast.SelectorExpr:
			if !j.isValue(x.X) {
				return nil
			}
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.UnaryExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.TypeAssertExpr:
			e = x.X
		default:
			return nil
		}
	}
}

func (j *Judge) isReceiver(v *types.Var) bool {
	owner := j.flow.OwnerOf(v)
	return owner != nil && owner.Obj != nil && owner.Obj.Signature().Recv() == v
}

// usesOfVar returns where a variable is used, nothing for a field.
func (j *Judge) usesOfVar(v *types.Var) []cursor {
	if v.IsField() {
		return nil
	}
	return j.everyUse(v)
}

// everyUse returns where a variable or field is used.
func (j *Judge) everyUse(v *types.Var) []cursor {
	if j.vars == nil {
		j.vars = make(map[*types.Var][]cursor)
		for cur := range j.flow.Root.Preorder((*ast.Ident)(nil)) {
			if v, ok := j.info.Uses[cur.Node().(*ast.Ident)].(*types.Var); ok {
				j.vars[v] = append(j.vars[v], cur)
			}
		}
	}
	return j.vars[v]
}
