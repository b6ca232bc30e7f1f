package flow

import (
	"go/ast"
	"regexp"
)

// closeName matches the names of functions that end something.
var closeName = regexp.MustCompile(`(?i)^(close|shutdown|stop|cancel|disconnect|teardown|clean_?up|dispose|destroy)(all|now|with.*)?$`)

// logName matches the names of methods of loggers.
var logName = regexp.MustCompile(`^(Print|Debug|Info|Warn|Warning|Error|Trace|Log|Output)(f|ln|w)?$`)

// OnlyCloses reports whether a function value does nothing that could read a store but
// to close something, as go conn.Close() does, and to log that, and does not read one for
// certain. What is called Close is followed where its source is at hand: it may call the
// handler of a user. A call of log/slog is no log here: its handlers are given stores.
func (p *Package) OnlyCloses(fun ast.Expr) bool {
	if p.Reads(fun, nil) == Does {
		return false
	}
	c := closing{flow: p, seen: make(map[*Func]bool)}
	if body := p.ownBody(fun); body != nil && !Closes(fun) {
		return c.body(body) && (c.closed || !c.logged)
	}
	return c.value(fun, nil) && c.closed
}

// ownBody returns the function of a literal, or of a function of this package.
func (p *Package) ownBody(fun ast.Expr) *Func {
	c := p.Callees(fun)
	if len(c.Funcs) != 1 || len(c.Foreign)+len(c.Params) > 0 || c.Unknown {
		return nil
	}
	return c.Funcs[0]
}

// closing follows what a function calls to close something.
type closing struct {
	flow           *Package
	seen           map[*Func]bool
	inside         bool // a function that is called Close
	closed, logged bool
}

// value reports whether a call of a function value only closes and logs.
func (c *closing) value(fun ast.Expr, args []ast.Expr) bool {
	p := c.flow
	callees := p.Callees(fun)
	if Closes(fun) {
		outer := c.inside
		c.closed, c.inside = true, true
		defer func() { c.inside = outer }()
	}
	switch {
	case IsCancel(p.Pass.TypesInfo.TypeOf(fun)):
		return true
	case p.logs(fun):
		c.logged = true
		return true
	case !c.inside:
		return !p.CouldRead(fun, args) && len(callees.Params) == 0
	case (callees.Unknown || len(callees.Params) > 0) && !Closes(fun):
		return false
	}
	for _, fn := range callees.Foreign {
		if p.foreignReads(fn) > Never && !(Closes(fun) && (isInterfaceMethod(fn) || p.FactOf(fn).Closes)) {
			return false
		}
		for i, arg := range args {
			if p.calls(fn, i) && IsFunc(p.Pass.TypesInfo.TypeOf(arg)) && !c.value(arg, nil) {
				return false
			}
		}
	}
	for _, f := range callees.Funcs {
		if !c.seen[f] && !c.body(f) {
			return false
		}
	}
	return true
}

// body reports whether a function of this package only closes and logs.
func (c *closing) body(f *Func) bool {
	c.seen[f] = true
	if f.Body() == nil {
		return true
	}
	only := true
	ast.Inspect(f.Body(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return only && (c.inside || c.flow.Reads(n, nil) > Never)
		case *ast.CallExpr:
			if tv := c.flow.Pass.TypesInfo.Types[n.Fun]; !tv.IsType() && !tv.IsBuiltin() {
				only = only && c.value(n.Fun, n.Args)
			}
			return only && !closesAccessor(n)
		}
		return only
	})
	return only
}

// closesAccessor reports whether a call closes what another call only gets, as c.Conn().Close()
// does.
func closesAccessor(call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || !Closes(sel) {
		return false
	}
	getter, ok := ast.Unparen(sel.X).(*ast.CallExpr)
	return ok && len(getter.Args) == 0
}

// logs reports whether a call is one of a logger: of package log, or of an interface that
// has such a method.
func (p *Package) logs(fun ast.Expr) bool {
	c := p.Callees(fun)
	if len(c.Funcs)+len(c.Params) > 0 || c.Unknown || len(c.Foreign) == 0 {
		return false
	}
	for _, fn := range c.Foreign {
		if !isLog(fn) {
			return false
		}
	}
	return true
}

// Closes reports whether the name of a function or method says that it ends something.
func Closes(fun ast.Expr) bool {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return closeName.MatchString(fun.Name)
	case *ast.SelectorExpr:
		return closeName.MatchString(fun.Sel.Name)
	}
	return false
}
