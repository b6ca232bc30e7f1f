package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
)

// Assigned records what the variables and fields of a package are assigned.
type Assigned struct {
	info   *types.Info
	values map[*types.Var][]ast.Expr // a nil element is a value that cannot be known
	ranges map[*types.Var]ast.Expr   // for range variables, the expression that is ranged over
	later  map[*types.Var][]ast.Expr // calls of which a variable has a result that is not the first
	mu     sync.Mutex
	asking map[*types.Var]bool // by bound, behind mu
}

func newAssigned(pass *analysis.Pass) *Assigned {
	return &Assigned{
		info:   pass.TypesInfo,
		values: make(map[*types.Var][]ast.Expr),
		ranges: make(map[*types.Var]ast.Expr),
		later:  make(map[*types.Var][]ast.Expr),
		asking: make(map[*types.Var]bool),
	}
}

func (a *Assigned) collect(root inspector.Cursor) {
	types := []ast.Node{
		(*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil), (*ast.RangeStmt)(nil),
		(*ast.UnaryExpr)(nil), (*ast.CompositeLit)(nil), (*ast.FuncType)(nil), (*ast.TypeSwitchStmt)(nil),
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
			for _, target := range []ast.Expr{n.Key, n.Value} {
				a.set(target, nil)
				if target == nil {
					continue
				}
				if v := a.Variable(target); v != nil {
					a.ranges[v] = n.X
				}
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				a.set(n.X, nil)
			}
		case *ast.CompositeLit:
			a.literal(n)
		case *ast.FuncType:
			a.parameters(n)
		case *ast.TypeSwitchStmt:
			a.typeSwitch(n)
		}
	}
}

// typeSwitch notes the operand of a type switch as the value of the variable in each case.
func (a *Assigned) typeSwitch(n *ast.TypeSwitchStmt) {
	assign, ok := n.Assign.(*ast.AssignStmt)
	if !ok {
		return
	}
	for _, clause := range n.Body.List {
		if v, ok := a.info.Implicits[clause].(*types.Var); ok {
			a.values[v] = append(a.values[v], assign.Rhs[0])
		}
	}
}

// parameters notes that the values of parameters are unknown.
func (a *Assigned) parameters(n *ast.FuncType) {
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
func (a *Assigned) literal(n *ast.CompositeLit) {
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

func (a *Assigned) assign(lhs, rhs []ast.Expr) {
	for i, l := range lhs {
		switch {
		case len(lhs) == len(rhs):
			a.set(l, rhs[i])
		case i == 0:
			a.set(l, rhs[0]) // hooks.Bind has two results
		default:
			a.set(l, nil)
			if v := a.Variable(l); v != nil {
				a.later[v] = append(a.later[v], rhs[0])
			}
		}
	}
}

// LaterResults returns the calls that a variable has a result of which is not the first,
// as the cancel function of context.WithCancel is. It returns nil for a variable that
// has other values, too.
func (a *Assigned) LaterResults(v *types.Var) []ast.Expr {
	if calls := a.later[v]; len(calls) == len(a.values[v]) {
		return calls
	}
	return nil
}

func (a *Assigned) set(target, value ast.Expr) {
	if target == nil {
		return
	}
	if v := a.Variable(target); v != nil {
		a.values[v] = append(a.values[v], value)
	}
}

// Values returns what a variable is assigned in the package; known is false if that is
// not all.
func (a *Assigned) Values(v *types.Var) (values []ast.Expr, known bool) {
	known = len(a.values[v]) > 0 && !(v.Exported() && v.IsField())
	for _, value := range a.values[v] {
		if value == nil {
			known = false
			continue
		}
		values = append(values, value)
	}
	return values, known
}

// All returns what the variables are assigned.
func (a *Assigned) All() map[*types.Var][]ast.Expr { return a.values }

// Never reports whether v is an unexported field that nothing in the package sets.
func (a *Assigned) Never(v *types.Var) bool {
	return v.IsField() && !v.Exported() && len(a.values[v]) == 0
}

// Ranged returns the expression that a range variable ranges over, nil for others.
func (a *Assigned) Ranged(v *types.Var) ast.Expr { return a.ranges[v] }

// Variable returns the variable or field that an expression names, nil for others.
func (a *Assigned) Variable(e ast.Expr) *types.Var {
	id := known.Identifier(e)
	if id == nil {
		return nil
	}
	v, _ := a.info.ObjectOf(id).(*types.Var)
	if v == nil {
		return nil
	}
	return v.Origin()
}

// Bound reports whether the function carries a context of its own.
func (a *Assigned) Bound(e ast.Expr) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.bound(e)
}

func (a *Assigned) bound(e ast.Expr) bool {
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
	v := a.Variable(e)
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
func (a *Assigned) callsBound(body *ast.BlockStmt) bool {
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
