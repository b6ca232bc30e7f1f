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
)

const doc = `report OpenTelemetry handlers inside of alshttp

alshttp.Handler makes the context of its request the ambient context. A handler of
otelhttp starts the span in a context that it passes to the next handler, so it must be
outside. Inside, als.Context() has no span:

	alshttp.Handler(otelhttp.NewHandler(mux, "server"), user)   // reported
	otelhttp.NewHandler(alshttp.Handler(mux, user), "server")   // right

The same holds for Use: the middleware that is used first is outside. There is no fix,
since the handlers have to change places.`

// Analyzer reports handlers in the wrong order.
var Analyzer = &analysis.Analyzer{
	Name:     "httporder",
	Doc:      doc,
	Requires: []*analysis.Analyzer{flow.Analyzer, directive.Analyzer},
	Run:      run,
}

// tracing matches the packages whose handlers start the span of a request.
var tracing = regexp.MustCompile(`/otel(http|chi|mux|gin|echo)(/v\d+)?$`)

const alshttp = known.ALS + "/alshttp"

type checker struct {
	pass     *analysis.Pass
	comments *directive.Index
	flow     *flow.Package
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:     pass,
		comments: pass.ResultOf[directive.Analyzer].(*directive.Index),
		flow:     pass.ResultOf[flow.Analyzer].(*flow.Package),
	}
	used := make(map[*types.Var]bool) // routers that use alshttp already
	for cur := range c.flow.Root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if c.isALS(call) && len(call.Args) > 0 && c.traces(call.Args[0], 0) {
			c.report(call)
		}
		c.use(call, used)
	}
	return nil, nil
}

func (c *checker) report(n ast.Node) {
	c.comments.Report(c.pass, true, analysis.Diagnostic{
		Pos:     n.Pos(),
		End:     n.End(),
		Message: "the handler that starts the span is inside of alshttp, so als.Context() has no span: put it outside",
	})
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

// traces reports whether a handler is, or has in it, one that starts a span.
func (c *checker) traces(e ast.Expr, depth int) bool {
	if depth > maxDepth {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if c.isTracing(e) || c.traces(e.Fun, depth+1) {
			return true
		}
		for _, arg := range e.Args {
			if c.traces(arg, depth+1) {
				return true
			}
		}
	case *ast.Ident:
		v := c.flow.Assigned.Variable(e)
		if v == nil || c.flow.OwnerOf(v) == nil {
			return false
		}
		values, _ := c.flow.Assigned.Values(v)
		return len(values) == 1 && c.traces(values[0], depth+1)
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
		middleware, ok := ast.Unparen(arg).(*ast.CallExpr)
		switch {
		case !ok:
		case known.Is(c.pass.TypesInfo, middleware, alshttp+".Middleware"):
			used[router] = true
		case used[router] && c.isTracing(middleware):
			c.report(middleware)
		}
	}
}
