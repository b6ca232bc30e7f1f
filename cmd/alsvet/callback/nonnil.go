package callback

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// nonNil proves that function values are not nil. als.Bind panics on nil, where the code
// as it stands may pass nil on.
type nonNil struct {
	flow *flow.Package
	info *types.Info
}

const maxNonNil = 4 // variables that are assigned variables

// proves reports whether a function value that is used at cur cannot be nil.
func (p nonNil) proves(cur inspector.Cursor, e ast.Expr, depth int) bool {
	if depth > maxNonNil {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit, *ast.IndexListExpr:
		return true
	case *ast.IndexExpr:
		_, generic := p.info.TypeOf(e.X).Underlying().(*types.Signature)
		return generic
	case *ast.CallExpr:
		if p.info.Types[e.Fun].IsType() && len(e.Args) == 1 {
			return p.proves(cur, e.Args[0], depth)
		}
		return known.Is(p.info, e, known.Binds...) || p.returns(e, depth)
	}
	v := p.flow.Assigned.Variable(e)
	if v == nil {
		return p.named(e)
	}
	return p.initialized(v, depth) || p.tested(cur, e, v, depth)
}

// named reports whether an expression is a declared function or a method value. A method
// value of a nil interface panics before it is bound, too.
func (p nonNil) named(e ast.Expr) bool {
	_, ok := p.info.Uses[known.Identifier(e)].(*types.Func)
	return ok
}

// returns reports whether a call is one of a function of this package that only returns
// functions which are not nil.
func (p nonNil) returns(call *ast.CallExpr, depth int) bool {
	c := p.flow.Callees(call.Fun)
	if c.Unknown || len(c.Foreign)+len(c.Params) > 0 || len(c.Funcs) == 0 {
		return false
	}
	for _, f := range c.Funcs {
		all := f.Body() != nil
		for cur := range f.Cursor.Preorder((*ast.ReturnStmt)(nil)) {
			ret := cur.Node().(*ast.ReturnStmt)
			if p.flow.Enclosing(cur) == f {
				all = all && len(ret.Results) == 1 && p.proves(cur, ret.Results[0], depth+1)
			}
		}
		if !all {
			return false
		}
	}
	return true
}

// initialized reports whether a variable is declared with a value and only assigned
// values that are not nil.
func (p nonNil) initialized(v *types.Var, depth int) bool {
	if v.IsField() || v.Exported() && p.flow.OwnerOf(v) == nil {
		return false
	}
	cur, ok := p.flow.Root.FindByPos(v.Pos(), v.Pos())
	if !ok {
		return false
	}
	switch decl := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
	case *ast.ValueSpec:
		if len(decl.Values) == 0 {
			return false
		}
	default:
		return false
	}
	values, complete := p.flow.Assigned.Values(v)
	for _, value := range values {
		complete = complete && p.provesValue(v, value, depth)
	}
	return complete
}

// provesValue is proves for what a variable is assigned. The value of a call with several
// results stands for the first of them only.
func (p nonNil) provesValue(v *types.Var, value ast.Expr, depth int) bool {
	cur, ok := p.flow.Root.FindNode(value)
	return ok && types.AssignableTo(p.info.TypeOf(value), v.Type()) && p.proves(cur, value, depth+1)
}

// tested reports whether a test for nil, or an assignment of a function, comes before the
// use of a variable or field in every run, and nothing after it may set that to nil.
func (p nonNil) tested(cur inspector.Cursor, e ast.Expr, v *types.Var, depth int) bool {
	is := func(other ast.Expr) bool {
		return p.flow.Assigned.Variable(other) == v && types.ExprString(ast.Unparen(other)) == types.ExprString(ast.Unparen(e))
	}
	for c := cur; ; c = c.Parent() {
		parent := c.Parent()
		switch n := parent.Node().(type) {
		case nil, *ast.File, *ast.FuncDecl:
			return false
		case *ast.FuncLit:
			if p.flow.OwnerOf(v) == nil {
				return false // it may run when the field has changed
			}
		case *ast.IfStmt:
			if c.Node() == n.Body && implies(n.Cond, token.LAND, token.NEQ, is) || c.Node() == n.Else && implies(n.Cond, token.LOR, token.EQL, is) {
				return p.keeps(n.Cond.End(), v, depth)
			}
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			for prev, ok := c.PrevSibling(); ok; prev, ok = prev.PrevSibling() {
				if stmt, isStmt := prev.Node().(ast.Stmt); isStmt && p.settles(prev, stmt, is, depth) {
					return p.keeps(stmt.End(), v, depth)
				}
			}
		}
	}
}

// settles reports whether a variable is not nil after a statement.
func (p nonNil) settles(cur inspector.Cursor, stmt ast.Stmt, is func(ast.Expr) bool, depth int) bool {
	switch stmt := stmt.(type) {
	case *ast.AssignStmt:
		for i, lhs := range stmt.Lhs {
			if is(lhs) && len(stmt.Lhs) == len(stmt.Rhs) {
				return p.proves(cur, stmt.Rhs[i], depth+1)
			}
		}
	case *ast.IfStmt:
		if !implies(stmt.Cond, token.LOR, token.EQL, is) || len(stmt.Body.List) == 0 {
			return false
		}
		switch last := stmt.Body.List[len(stmt.Body.List)-1].(type) {
		case *ast.ReturnStmt, *ast.BranchStmt:
			return true
		case *ast.ExprStmt:
			return panics(last.X)
		case *ast.AssignStmt:
			inner, ok := cur.FindNode(last)
			return ok && stmt.Else == nil && p.settles(inner, last, is, depth)
		}
	}
	return false
}

func panics(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == "panic"
}

// implies reports whether a condition has the comparison of a variable with nil among the
// operands of op.
func implies(cond ast.Expr, op, comparison token.Token, is func(ast.Expr) bool) bool {
	e, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	if e.Op == op {
		return implies(e.X, op, comparison, is) || implies(e.Y, op, comparison, is)
	}
	id, isNil := ast.Unparen(e.Y).(*ast.Ident)
	return e.Op == comparison && isNil && id.Name == "nil" && is(e.X)
}

// keeps reports whether no assignment that follows pos in the source may set a variable to
// nil, its address is not taken, and no function literal assigns to it.
func (p nonNil) keeps(pos token.Pos, v *types.Var, depth int) bool {
	owner := p.flow.OwnerOf(v)
	root := p.flow.Root
	if owner != nil {
		root = owner.Cursor
	} else if at, ok := p.flow.Root.FindByPos(pos, pos); ok {
		root = p.flow.Enclosing(at).Cursor
	}
	for cur := range root.Preorder((*ast.AssignStmt)(nil), (*ast.UnaryExpr)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.UnaryExpr:
			if n.Op == token.AND && p.flow.Assigned.Variable(n.X) == v {
				return false
			}
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if p.flow.Assigned.Variable(lhs) != v || n.Pos() < pos && (owner == nil || p.flow.Enclosing(cur) == owner) {
					continue
				}
				if len(n.Lhs) != len(n.Rhs) || !p.proves(cur, n.Rhs[i], depth+1) {
					return false
				}
			}
		}
	}
	return true
}
