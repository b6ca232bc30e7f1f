package serves

import (
	"go/ast"
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// batched says why a goroutine works on a batch of several callers, which it or its starter has taken out
// of a shared list, also if something of the call goes to it, too. It returns "" for others.
//
//	batch := b.items
//	b.items = nil
//	go b.flush(ctx, batch)
func (j *Judge) batched(w *walker, starter *flow.Func, fun ast.Expr, args []ast.Expr) string {
	for _, e := range append([]ast.Expr{fun}, args...) {
		list := j.batch(w, starter, e, 0)
		for n := range ast.Preorder(e) {
			if id, ok := n.(*ast.Ident); ok && list == nil {
				list = j.batch(w, starter, id, 0)
			}
		}
		if list != nil {
			return "others may have put what it works on into " + flow.Text(list)
		}
	}
	if w.emptied != nil && j.flow.Reads(fun, args) > flow.Never {
		return "others may have put what it works on into " + flow.Text(w.emptied)
	}
	return ""
}

// batch returns the shared list of which a value has the elements, if the starter takes them all out:
// the list itself, a copy, or what a method returns that empties it. It returns nil for others.
func (j *Judge) batch(w *walker, starter *flow.Func, e ast.Expr, steps int) ast.Expr {
	if t := j.info.TypeOf(e); steps > maxAliases || t == nil || !j.isBatch(t) && !isSequence(t) {
		return nil
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		if w.originOf(e, nil, 0) == Shared && j.emptied(e, starter, 0) {
			return e
		}
	case *ast.CallExpr:
		if j.isBuiltin(e, "append") || known.Is(j.info, e, "slices.Clone", "slices.Concat", "slices.Collect", "slices.Sorted", "maps.Clone", "maps.Keys", "maps.Values") {
			for _, arg := range e.Args {
				if list := j.rangedBatch(w, starter, arg); list != nil {
					return list
				}
				if list := j.batch(w, starter, arg, steps+1); list != nil {
					return list
				}
			}
			return nil
		}
		sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		if !ok || !j.isValue(sel.X) || w.originOf(sel.X, nil, 0) != Shared {
			return nil
		}
		for _, f := range j.flow.Callees(sel).Funcs {
			if j.returnsTaken(f) {
				return sel
			}
		}
	case *ast.SliceExpr:
		return j.batch(w, starter, e.X, steps+1)
	case *ast.Ident:
		if v, ok := j.info.Uses[e].(*types.Var); ok {
			return j.batchOf(w, starter, v, steps)
		}
	}
	return nil
}

// batchOf is batch for a local variable.
func (j *Judge) batchOf(w *walker, starter *flow.Func, v *types.Var, steps int) ast.Expr {
	if j.flow.OwnerOf(v) == nil || !j.isBatch(v.Type()) {
		return nil
	}
	values, _ := j.flow.Assigned.Values(v)
	for _, use := range j.usesOfVar(v) {
		if call, ok := use.Parent().Node().(*ast.CallExpr); ok && j.isBuiltin(call, "copy") && call.Args[0] == use.Node() {
			values = append(values, call.Args[1])
		}
	}
	for _, value := range values {
		if list := j.batch(w, starter, value, steps+1); list != nil {
			return list
		}
	}
	return nil
}

// rangedBatch returns the shared list that a range variable ranges over, if the starter takes that out.
func (j *Judge) rangedBatch(w *walker, starter *flow.Func, e ast.Expr) ast.Expr {
	v := j.flow.Assigned.Variable(e)
	if v == nil {
		return nil
	}
	list := j.flow.Assigned.Ranged(v)
	if list == nil || !j.takesOutOf(list, starter) || w.originOf(list, nil, 0) != Shared {
		return nil
	}
	return list
}

// isBatch reports whether a type is that of a list or map, or of a struct of the package that has one.
func (j *Judge) isBatch(t types.Type) bool {
	if isCollection(t) {
		return true
	}
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if named, isNamed := types.Unalias(t).(*types.Named); !ok || !isNamed || named.Obj().Pkg() != j.pass.Pkg {
		return false
	}
	for field := range st.Fields() {
		if isCollection(field.Type()) {
			return true
		}
	}
	return false
}

func isCollection(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map:
		return true
	}
	return false
}

// isBuiltin reports whether a call is one of the builtin function with a name.
func (j *Judge) isBuiltin(call *ast.CallExpr, name string) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	return ok && id.Name == name && j.info.Types[id].IsBuiltin()
}
