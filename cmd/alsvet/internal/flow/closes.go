package flow

import (
	"go/ast"
	"regexp"
)

// closeName are names of functions that end something.
var closeName = regexp.MustCompile(`(?i)^(close|shutdown|stop|cancel|disconnect|teardown)(all|now|with.*)?$`)

// OnlyCloses reports whether a function value does nothing that could read a store but
// to close something, as go conn.Close() does, and does not read one for certain.
func (p *Package) OnlyCloses(fun ast.Expr) bool {
	if p.Reads(fun, nil) == Does {
		return false
	}
	lit, isLit := ast.Unparen(fun).(*ast.FuncLit)
	if !isLit {
		return closes(fun)
	}
	only := true
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			only = only && p.Reads(n, nil) == Never
			return false
		case *ast.CallExpr:
			tv := p.Pass.TypesInfo.Types[n.Fun]
			if !tv.IsType() && !tv.IsBuiltin() && !closes(n.Fun) {
				only = only && !p.CouldRead(n.Fun, n.Args) && len(p.Callees(n.Fun).Params) == 0
			}
		}
		return only
	})
	return only
}

// closes reports whether the name of a function or method says that it ends something.
func closes(fun ast.Expr) bool {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return closeName.MatchString(fun.Name)
	case *ast.SelectorExpr:
		return closeName.MatchString(fun.Sel.Name)
	}
	return false
}
