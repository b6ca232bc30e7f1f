// Package httporder defines the analyzer of the order of HTTP handlers.
package httporder

import (
	"go/ast"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/directive"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

const doc = `report handlers that belong outside of alshttp

alshttp.Handler makes the context of its request the ambient context. A handler of
otelhttp starts the span in a context that it passes to the next handler, so it must be
outside. Inside, als.Context() has no span:

	alshttp.Handler(otelhttp.NewHandler(mux, "server"), user)   // reported
	otelhttp.NewHandler(alshttp.Handler(mux, user), "server")   // right

http.TimeoutHandler runs its handler on a goroutine that it starts with a go statement, where
the stores of alshttp are not in place. Unless the program imports als/inherit, or the handler
inside has an alshttp.Handler of its own, it must be outside, too:

	alshttp.Handler(http.TimeoutHandler(mux, d, ""), user)      // reported
	http.TimeoutHandler(alshttp.Handler(mux, user), d, "")      // right

The same holds for Use: the middleware that is used first is outside. There is no fix,
since the handlers have to change places.`

// Analyzer reports handlers in the wrong order.
var Analyzer = &analysis.Analyzer{
	Name:     "httporder",
	Doc:      doc,
	Requires: []*analysis.Analyzer{flow.Analyzer, usage.Analyzer, directive.Analyzer},
	Run:      run,
}

// tracing matches the packages whose handlers start the span of a request.
var tracing = regexp.MustCompile(`/otel(http|chi|mux|gin|echo)(/v\d+)?$`)

const alshttp = known.ALS + "/alshttp"

type checker struct {
	pass     *analysis.Pass
	comments *directive.Index
	flow     *flow.Package
	uses     *usage.Result
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:     pass,
		comments: pass.ResultOf[directive.Analyzer].(*directive.Index),
		flow:     pass.ResultOf[flow.Analyzer].(*flow.Package),
		uses:     pass.ResultOf[usage.Analyzer].(*usage.Result),
	}
	used := make(map[*types.Var]bool) // routers that use alshttp already
	for cur := range c.flow.Root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if c.isALS(call) && len(call.Args) > 0 {
			switch inner := call.Args[0]; {
			case c.within(inner, c.isTracing, 0):
				c.report(call, noSpan)
			case c.within(inner, c.loses, 0):
				c.report(call, noStores)
			}
		}
		c.use(call, used)
	}
	return nil, nil
}

const (
	noSpan   = "the handler that starts the span is inside of alshttp, so als.Context() has no span: put it outside"
	noStores = "http.TimeoutHandler is inside of alshttp and runs its handler on another goroutine, without the stores: put it outside"
)

func (c *checker) report(n ast.Node, message string) {
	c.comments.Report(c.pass, true, analysis.Diagnostic{Pos: n.Pos(), End: n.End(), Message: message})
}

// isALS reports whether a call makes a handler of alshttp around its first argument.
func (c *checker) isALS(call *ast.CallExpr) bool {
	if known.Is(c.pass.TypesInfo, call, alshttp+".Handler") {
		return true
	}
	inner, ok := ast.Unparen(call.Fun).(*ast.CallExpr)
	return ok && known.Is(c.pass.TypesInfo, inner, alshttp+".Middleware")
}

const maxDepth = 6

// within reports whether a handler is, or has in it, one that a call makes for which is returns true.
func (c *checker) within(e ast.Expr, is func(*ast.CallExpr) bool, depth int) bool {
	if depth > maxDepth {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if is(e) || c.within(e.Fun, is, depth+1) {
			return true
		}
		for _, arg := range e.Args {
			if c.within(arg, is, depth+1) {
				return true
			}
		}
	case *ast.Ident:
		v := c.flow.Assigned.Variable(e)
		if v == nil || c.flow.OwnerOf(v) == nil {
			return false
		}
		values, _ := c.flow.Assigned.Values(v)
		return len(values) == 1 && c.within(values[0], is, depth+1)
	}
	return false
}

func (c *checker) isTracing(call *ast.CallExpr) bool {
	fn, ok := c.pass.TypesInfo.Uses[known.Identifier(call.Fun)].(*types.Func)
	if !ok || fn.Pkg() == nil || !tracing.MatchString(fn.Pkg().Path()) {
		return false
	}
	switch fn.Name() {
	case "NewHandler", "NewMiddleware", "Middleware":
		return true
	}
	return false
}

// loses reports whether a call makes a handler that runs another one without the stores which are in
// place outside, and that has none of its own.
func (c *checker) loses(call *ast.CallExpr) bool {
	return known.Is(c.pass.TypesInfo, call, "net/http.TimeoutHandler") && !c.uses.Inherits(call.Pos()) && !c.within(call.Args[0], c.isALS, 0)
}

// literalLoses reports whether a middleware is a literal that makes such a handler.
func (c *checker) literalLoses(middleware ast.Expr) bool {
	lit, ok := ast.Unparen(middleware).(*ast.FuncLit)
	if !ok {
		return false
	}
	for n := range ast.Preorder(lit) {
		if call, ok := n.(*ast.CallExpr); ok && c.loses(call) {
			return true
		}
	}
	return false
}

// use follows the middlewares of a router, in the order in which they are used.
func (c *checker) use(call *ast.CallExpr, used map[*types.Var]bool) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Use" {
		return
	}
	router := c.flow.Assigned.Variable(sel.X)
	if router == nil {
		return
	}
	for _, arg := range call.Args {
		middleware, isCall := ast.Unparen(arg).(*ast.CallExpr)
		switch {
		case isCall && known.Is(c.pass.TypesInfo, middleware, alshttp+".Middleware"):
			used[router] = true
		case !used[router]:
		case isCall && c.isTracing(middleware):
			c.report(middleware, noSpan)
		case c.literalLoses(arg):
			c.report(arg, noStores)
		}
	}
}
