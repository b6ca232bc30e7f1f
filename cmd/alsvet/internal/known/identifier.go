package known

import "go/ast"

// Identifier returns the identifier of an expression that is one, or a selector of one: x in x
// and in p.x. It returns nil for all other expressions.
func Identifier(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	}
	return nil
}
