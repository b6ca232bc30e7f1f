package flow

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"
)

// staysInside reports whether a field is a list that one function makes, fills and empties, as
// a function that visits a tree level by level does. Its elements run on the goroutine that
// added them. All values of the field's struct must be in local variables of functions that empty
// the field, or call a method that does, and that give the variable to no other goroutine.
func (p *Package) staysInside(field *types.Var) bool {
	owner := p.structOf(field)
	if owner == nil || p.isKept(owner) {
		return false
	}
	made := false
	for cur := range p.Root.Preorder((*ast.CompositeLit)(nil)) {
		t := p.Pass.TypesInfo.TypeOf(cur.Node().(*ast.CompositeLit))
		if t == nil || !types.Identical(pointee(t), owner.Type()) || p.InTest(cur.Node().Pos()) {
			continue
		}
		if !p.isEmptiedHere(cur, field) {
			return false
		}
		made = true
	}
	return made
}

// structOf returns the name of the struct of this package that a field is in, nil if it has none.
func (p *Package) structOf(field *types.Var) *types.TypeName {
	for tn := range p.typeNames {
		st, ok := tn.Type().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for f := range st.Fields() {
			if f == field {
				return tn
			}
		}
	}
	return nil
}

// isKept reports whether a field or package variable has the type, or a pointer to it. Nothing
// shows then which functions reach the value.
func (p *Package) isKept(tn *types.TypeName) bool {
	for _, obj := range p.Pass.TypesInfo.Defs {
		v, ok := obj.(*types.Var)
		if ok && (v.IsField() || v.Parent() == p.Pass.Pkg.Scope()) && types.Identical(pointee(v.Type()), tn.Type()) {
			return true
		}
	}
	return false
}

// isEmptiedHere reports whether a struct literal is the value of a local variable of a function
// that empties the struct's field itself and neither returns the variable nor gives it to a
// literal or a goroutine.
func (p *Package) isEmptiedHere(lit inspector.Cursor, field *types.Var) bool {
	f, value := p.Enclosing(lit), lit
	if _, isRef := lit.Parent().Node().(*ast.UnaryExpr); isRef {
		value = lit.Parent()
	}
	assign, ok := value.Parent().Node().(*ast.AssignStmt)
	if f == nil || !ok || len(assign.Lhs) != 1 {
		return false
	}
	v := p.Assigned.Variable(assign.Lhs[0])
	if v == nil || p.OwnerOf(v) != f {
		return false
	}
	empties := p.empties(f, field)
	for use := range f.Cursor.Preorder((*ast.Ident)(nil)) {
		if p.Pass.TypesInfo.Uses[use.Node().(*ast.Ident)] != v {
			continue
		}
		if p.Enclosing(use) != f || leaves(use) {
			return false
		}
		sel, ok := use.Parent().Node().(*ast.SelectorExpr)
		if !ok || p.Pass.TypesInfo.Selections[sel].Kind() != types.MethodVal {
			continue
		}
		for _, method := range p.Callees(sel).Funcs {
			empties = empties || p.empties(method, field)
		}
	}
	return empties
}

func (p *Package) empties(f *Func, field *types.Var) bool {
	emptied := make(map[*types.Var]bool)
	p.addEmptied(f, emptied)
	return emptied[field]
}

func pointee(t types.Type) types.Type {
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		return ptr.Elem()
	}
	return t
}

// leaves reports whether a variable is mentioned in a go statement, a send or a return statement.
func leaves(use inspector.Cursor) bool {
	for range use.Enclosing((*ast.GoStmt)(nil), (*ast.SendStmt)(nil), (*ast.ReturnStmt)(nil)) {
		return true
	}
	return false
}
