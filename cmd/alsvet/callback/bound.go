package callback

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
)

// Assigned knows what the variables and unexported fields of a package are assigned.
type assigned struct {
	info   *types.Info
	values map[*types.Var][]ast.Expr // nil for what cannot be known
	asking map[*types.Var]bool
}

func newAssigned(pass *analysis.Pass, root inspector.Cursor) *assigned {
	a := &assigned{
		info:   pass.TypesInfo,
		values: make(map[*types.Var][]ast.Expr),
		asking: make(map[*types.Var]bool),
	}
	types := []ast.Node{
		(*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil), (*ast.RangeStmt)(nil),
		(*ast.UnaryExpr)(nil), (*ast.CompositeLit)(nil), (*ast.FuncType)(nil),
	}
	for cur := range root.Preorder(types...) {
		switch n := cur.Node().(type) {
		case *ast.AssignStmt:
			a.assign(n.Lhs, n.Rhs)
		case *ast.ValueSpec:
			if len(n.Values) > 0 {
				lhs := make([]ast.Expr, len(n.Names))
				for i, name := range n.Names {
					lhs[i] = name
				}
				a.assign(lhs, n.Values)
			}
		case *ast.RangeStmt:
			a.set(n.Key, nil)
			a.set(n.Value, nil)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				a.set(n.X, nil)
			}
		case *ast.CompositeLit:
			a.literal(n)
		case *ast.FuncType:
			a.parameters(n)
		}
	}
	return a
}

// parameters are assigned what nobody knows.
func (a *assigned) parameters(n *ast.FuncType) {
	for _, list := range []*ast.FieldList{n.Params, n.Results} {
		if list == nil {
			continue
		}
		for _, field := range list.List {
			for _, name := range field.Names {
				a.set(name, nil)
			}
		}
	}
}

// literal notes the fields of a struct.
func (a *assigned) literal(n *ast.CompositeLit) {
	t := a.info.TypeOf(n)
	if t == nil {
		return
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i, elt := range n.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			a.set(kv.Key, kv.Value)
		} else if i < st.NumFields() {
			field := st.Field(i).Origin()
			a.values[field] = append(a.values[field], elt)
		}
	}
}

func (a *assigned) assign(lhs, rhs []ast.Expr) {
	for i, l := range lhs {
		switch {
		case len(lhs) == len(rhs):
			a.set(l, rhs[i])
		case i == 0:
			a.set(l, rhs[0]) // hooks.Bind has two results
		default:
			a.set(l, nil)
		}
	}
}

func (a *assigned) set(target, value ast.Expr) {
	if target == nil {
		return
	}
	if v := a.variable(target); v != nil {
		a.values[v] = append(a.values[v], value)
	}
}

func (a *assigned) variable(e ast.Expr) *types.Var {
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return nil
	}
	v, _ := a.info.ObjectOf(id).(*types.Var)
	if v == nil {
		return nil
	}
	return v.Origin()
}

// bound reports whether the function carries a context of its own.
func (a *assigned) bound(e ast.Expr) bool {
	if e == nil {
		return false
	}
	e = ast.Unparen(e)
	switch e := e.(type) {
	case *ast.CallExpr:
		if known.Is(a.info, e, known.Binds...) {
			return true
		}
		return a.info.Types[e.Fun].IsType() && len(e.Args) == 1 && a.bound(e.Args[0])
	case *ast.FuncLit:
		return place.OwnContext(a.info, e.Body) || a.callsBound(e.Body)
	}
	v := a.variable(e)
	if v == nil || v.Exported() && v.IsField() || a.asking[v] || len(a.values[v]) == 0 {
		return false
	}
	a.asking[v] = true
	defer delete(a.asking, v)
	for _, value := range a.values[v] {
		if value == nil || !a.bound(value) && !a.info.Types[value].IsNil() {
			return false
		}
	}
	return true
}

// callsBound reports whether all that a body does, beside deferred calls, is to call
// bound functions.
func (a *assigned) callsBound(body *ast.BlockStmt) bool {
	found := false
	for _, stmt := range body.List {
		switch stmt := stmt.(type) {
		case *ast.DeferStmt:
		case *ast.ExprStmt:
			call, ok := stmt.X.(*ast.CallExpr)
			if !ok || !a.bound(call.Fun) {
				return false
			}
			found = true
		default:
			return false
		}
	}
	return found
}
