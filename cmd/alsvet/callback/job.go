package callback

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// job reports whether the i-th value of a struct literal is work that the struct is sent
// for: the code that receives the struct calls the field. A logger, a clock or another
// setting of a value that is used for long is no work; bound, it would have the first
// sender's stores for all users of the value. A value that cannot be followed is taken for work.
func (c *checker) job(lit *ast.CompositeLit, i int) bool {
	t := c.Pass.TypesInfo.TypeOf(lit)
	if t == nil {
		return true
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return true
	}
	var field *types.Var
	if kv, ok := lit.Elts[i].(*ast.KeyValueExpr); ok {
		field = c.Flow.Assigned.Variable(kv.Key)
	} else if i < st.NumFields() {
		field = st.Field(i).Origin()
	}
	if c.isJob(field) {
		return true
	}
	// No code here calls it. A function out of another struct is then a setting that is
	// copied.
	return field.Exported() || c.Pass.TypesInfo.Selections[selector(lit.Elts[i])] == nil ||
		c.Pass.TypesInfo.Selections[selector(lit.Elts[i])].Kind() != types.FieldVal
}

// isJob reports whether code of the package calls a field of what it received, or uses the field otherwise.
func (c *checker) isJob(field *types.Var) bool {
	if field == nil || field.Pkg() != c.Pass.Pkg {
		return true
	}
	for cur := range c.Flow.Root.Preorder((*ast.SelectorExpr)(nil)) {
		sel := cur.Node().(*ast.SelectorExpr)
		if c.Flow.Assigned.Variable(sel) != field {
			continue
		}
		call, ok := cur.Parent().Node().(*ast.CallExpr)
		if !ok || call.Fun != sel || c.received(sel.X, 0) {
			return true // also where it is used otherwise
		}
	}
	return false
}

func selector(elt ast.Expr) *ast.SelectorExpr {
	if kv, ok := elt.(*ast.KeyValueExpr); ok {
		elt = kv.Value
	}
	sel, _ := ast.Unparen(elt).(*ast.SelectorExpr)
	return sel
}

const maxHops = 3 // from the call of a field back to where its struct was received

// received reports whether a value comes out of a channel or a list, in the function that
// uses it or in one that calls that.
func (c *checker) received(e ast.Expr, hops int) bool {
	v := c.Flow.Assigned.Variable(e)
	if v == nil || hops > maxHops || c.Flow.OwnerOf(v) == nil {
		return false
	}
	if c.Flow.Assigned.Ranged(v) != nil {
		return true
	}
	values, _ := c.Flow.Assigned.Values(v)
	for _, value := range values {
		switch value := ast.Unparen(value).(type) {
		case *ast.UnaryExpr:
			if value.Op == token.ARROW {
				return true
			}
		case *ast.IndexExpr, *ast.CallExpr, *ast.TypeAssertExpr:
			return true // out of a list, from a method such as Pop
		case *ast.Ident:
			if c.received(value, hops+1) {
				return true
			}
		}
	}
	return c.givenReceived(v, hops)
}

// givenReceived reports whether a caller gives what it received for a parameter or a
// receiver.
func (c *checker) givenReceived(v *types.Var, hops int) bool {
	owner := c.Flow.OwnerOf(v)
	i, isParam := c.Flow.ParamIndex(v)
	if owner.Obj == nil || !isParam && owner.Obj.Signature().Recv() != v {
		return false
	}
	for cur := range c.Flow.Root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if !calls(c.Flow, call, owner) {
			continue
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && !isParam && c.received(sel.X, hops+1) {
			return true
		}
		if isParam && i < len(call.Args) && c.received(call.Args[i], hops+1) {
			return true
		}
	}
	return false
}

func calls(p *flow.Package, call *ast.CallExpr, f *flow.Func) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if ok {
		return p.Pass.TypesInfo.Uses[sel.Sel] == f.Obj
	}
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	return ok && p.Pass.TypesInfo.Uses[id] == f.Obj
}
