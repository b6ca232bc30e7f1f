package flow

import (
	"go/ast"
	"regexp"
)

// closeName are names of functions that end something.
var closeName = regexp.MustCompile(`(?i)^(close|shutdown|stop|cancel|disconnect|teardown)(all|now|with.*)?$`)

// logName are names of methods of loggers.
var logName = regexp.MustCompile(`^(Print|Debug|Info|Warn|Warning|Error|Trace|Log|Output)(f|ln|w)?$`)

// OnlyCloses reports whether a function value does nothing that could read a store but
// to close something, as go conn.Close() does, and to log that, and does not read one for
// certain. A call of log/slog counts as reading: its handlers are given stores.
func (p *Package) OnlyCloses(fun ast.Expr) bool {
	if p.Reads(fun, nil) == Does {
		return false
	}
	body := p.bodyOf(fun)
	if _, isLit := ast.Unparen(fun).(*ast.FuncLit); !isLit && closes(fun) {
		return true
	}
	if body == nil {
		return false
	}
	only, closed, logged := true, false, false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			only = only && p.Reads(n, nil) == Never
			return false
		case *ast.CallExpr:
			tv := p.Pass.TypesInfo.Types[n.Fun]
			switch {
			case tv.IsType() || tv.IsBuiltin():
			case closes(n.Fun):
				closed = true
			case p.logs(n.Fun):
				logged = true
			default:
				only = only && !p.CouldRead(n.Fun, n.Args) && len(p.Callees(n.Fun).Params) == 0
			}
		}
		return only
	})
	return only && (closed || !logged)
}

// bodyOf returns the body of a literal, or of a function of this package.
func (p *Package) bodyOf(fun ast.Expr) *ast.BlockStmt {
	c := p.Callees(fun)
	if len(c.Funcs) != 1 || len(c.Foreign)+len(c.Params) > 0 || c.Unknown {
		return nil
	}
	return c.Funcs[0].Body()
}

// logs reports whether a call is one of a logger: of package log, or of an interface that
// has such a method.
func (p *Package) logs(fun ast.Expr) bool {
	c := p.Callees(fun)
	if len(c.Funcs)+len(c.Params) > 0 || c.Unknown || len(c.Foreign) == 0 {
		return false
	}
	for _, fn := range c.Foreign {
		std := fn.Pkg() != nil && IsStandard(fn.Pkg().Path())
		if !logName.MatchString(fn.Name()) || std && fn.Pkg().Path() != "log" || !std && !isInterfaceMethod(fn) {
			return false
		}
	}
	return true
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
