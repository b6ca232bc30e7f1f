package flow

import (
	"go/ast"
	"go/types"
	"iter"
	"maps"

	"golang.org/x/tools/go/ast/inspector"
)

// A job is a struct that holds a function for another goroutine. Its fields are set in the literal that
// makes it, after that, or by a function that makes it.

// Fields returns the functions that the function of a local variable assigns to its fields, one for
// each field.
func (p *Package) Fields(v *types.Var) iter.Seq2[*types.Var, ast.Expr] {
	set := make(map[*types.Var]ast.Expr)
	if f := p.OwnerOf(v); f != nil && !p.isParameter(v) && isStruct(pointee(v.Type())) {
		for cur := range f.Cursor.Preorder((*ast.AssignStmt)(nil)) {
			p.field(cur, v, set)
		}
	}
	return maps.All(set)
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// field notes what an assignment to fields of v assigns.
func (p *Package) field(cur inspector.Cursor, v *types.Var, set map[*types.Var]ast.Expr) {
	n := cur.Node().(*ast.AssignStmt)
	if len(n.Lhs) != len(n.Rhs) {
		return
	}
	for i, lhs := range n.Lhs {
		sel, ok := ast.Unparen(lhs).(*ast.SelectorExpr)
		if !ok || p.Assigned.Variable(sel.X) != v || !IsFunc(p.Pass.TypesInfo.TypeOf(sel)) {
			continue
		}
		set[p.Assigned.Variable(sel)] = n.Rhs[i]
	}
}

// Kept returns the arguments that a function of the package keeps in the fields of the struct literal
// which it returns.
func (p *Package) Kept(call *ast.CallExpr) iter.Seq2[*types.Var, ast.Expr] {
	return func(yield func(field *types.Var, arg ast.Expr) bool) {
		callees := p.Callees(call.Fun)
		if len(callees.Funcs) != 1 || callees.Unknown || len(callees.Foreign)+len(callees.Params) > 0 {
			return
		}
		lit := p.made(callees.Funcs[0])
		if lit == nil {
			return
		}
		st, ok := p.Pass.TypesInfo.TypeOf(lit).Underlying().(*types.Struct)
		if !ok {
			return
		}
		for i, elt := range lit.Elts {
			field := st.Field(i).Origin()
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				field, elt = p.Assigned.Variable(kv.Key), kv.Value
			}
			param, ok := p.ParamIndex(p.Assigned.Variable(elt))
			if ok && param < len(call.Args) && canRun(p.Pass.TypesInfo.TypeOf(elt)) && !yield(field, call.Args[param]) {
				return
			}
		}
	}
}

// made returns the literal of a struct that a function of one statement returns, nil for others.
func (p *Package) made(f *Func) *ast.CompositeLit {
	decl, ok := f.Node.(*ast.FuncDecl)
	if !ok || decl.Body == nil || len(decl.Body.List) != 1 {
		return nil
	}
	ret, ok := decl.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	return Literal(ret.Results[0])
}

// Literal returns the literal that an expression is, or is the address of, nil for others.
func Literal(e ast.Expr) *ast.CompositeLit {
	e = ast.Unparen(e)
	if ref, ok := e.(*ast.UnaryExpr); ok {
		e = ast.Unparen(ref.X)
	}
	lit, _ := e.(*ast.CompositeLit)
	return lit
}
