// Package perrequest defines the analyzer of storages that are made for each request.
package perrequest

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/directive"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

const doc = `report storages that are made for each request

An als.Storage is a name under which a store is found, so there should be one for
each kind of store, as a package variable or in a struct that serves all requests. One that
is made while a request is served is found by no other function, and costs a registration
each time. What changes from request to request is the store.

This reports als.New and variables and literals of type als.Storage in functions
that have the signature of a handler (net/http, gin, echo, fiber, fasthttp) and in
function literals that are passed to Run and the like outside of main, init and tests.
It also reports storages in local variables that are neither returned nor stored. In a
function that sync.Once calls, nothing is reported.`

// Analyzer reports storages that are made for each request.
var Analyzer = &analysis.Analyzer{
	Name:     "perrequest",
	Doc:      doc,
	Requires: []*analysis.Analyzer{inspect.Analyzer, directive.Analyzer},
	Run:      run,
}

func run(pass *analysis.Pass) (any, error) {
	comments := pass.ResultOf[directive.Analyzer].(*directive.Index)
	root := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root()
	nodes := []ast.Node{(*ast.CallExpr)(nil), (*ast.CompositeLit)(nil), (*ast.ValueSpec)(nil)}
	for cur := range root.Preorder(nodes...) {
		if !makes(pass.TypesInfo, cur.Node()) || usage.IsTest(pass, cur.Node().Pos()) ||
			!perRequest(pass, cur) && !isLocal(pass, cur) {
			continue
		}
		comments.Report(pass, true, analysis.Diagnostic{
			Pos:     cur.Node().Pos(),
			End:     cur.Node().End(),
			Message: "a Storage is made for each request: make one for all, such as a package variable",
		})
	}
	return nil, nil
}

// makes reports whether a node makes a Storage.
func makes(info *types.Info, n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		if known.Is(info, n, known.Func("New")) {
			return true
		}
		if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && info.Types[n.Fun].IsBuiltin() && id.Name == "new" {
			return isStorage(info.TypeOf(n.Args[0]))
		}
	case *ast.CompositeLit:
		return isStorage(info.TypeOf(n))
	case *ast.ValueSpec:
		return n.Type != nil && len(n.Values) == 0 && isStorage(info.TypeOf(n.Type))
	}
	return false
}

func isStorage(t types.Type) bool { return t != nil && known.IsType(t, "Storage") }

// perRequest reports whether the functions around a node run for each request.
func perRequest(pass *analysis.Pass, cur inspector.Cursor) bool {
	found, start := false, false
	for fn := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch n := fn.Node().(type) {
		case *ast.FuncDecl:
			sig, ok := pass.TypesInfo.Defs[n.Name].Type().(*types.Signature)
			if ok && isHandler(sig) {
				return true
			}
			start = place.IsStart(pass, n)
		case *ast.FuncLit:
			if sig, ok := pass.TypesInfo.TypeOf(n).(*types.Signature); ok && isHandler(sig) {
				return true
			}
			call, ok := fn.Parent().Node().(*ast.CallExpr)
			if !ok || ast.Unparen(call.Fun) == n {
				continue
			}
			if known.Is(pass.TypesInfo, call, "(*sync.Once).Do", "sync.OnceFunc", "sync.OnceValue", "sync.OnceValues") {
				return false
			}
			found = found || known.Is(pass.TypesInfo, call, runs...)
		}
	}
	return found && !start
}

// runs are the functions that run their argument with a store.
var runs = []string{known.Func("Run"), known.Func("RunFunc"), known.Func("RunContext"), known.Method("Storage", "Run")}

// contexts are what the handlers of frameworks have as their only parameter.
var contexts = map[string]bool{
	"*github.com/gin-gonic/gin.Context":       true,
	"github.com/labstack/echo.Context":        true,
	"github.com/labstack/echo/v4.Context":     true,
	"*github.com/labstack/echo/v5.Context":    true,
	"*github.com/gofiber/fiber.Ctx":           true,
	"*github.com/gofiber/fiber/v2.Ctx":        true,
	"github.com/gofiber/fiber/v3.Ctx":         true,
	"*github.com/valyala/fasthttp.RequestCtx": true,
}

// isHandler reports whether a function has the shape of a handler.
func isHandler(sig *types.Signature) bool {
	params := sig.Params()
	if params.Len() >= 2 &&
		types.TypeString(types.Unalias(params.At(0).Type()), nil) == "net/http.ResponseWriter" &&
		types.TypeString(params.At(1).Type(), nil) == "*net/http.Request" {
		return true
	}
	return params.Len() == 1 && contexts[types.TypeString(types.Unalias(params.At(0).Type()), nil)]
}
