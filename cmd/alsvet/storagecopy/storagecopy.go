// Package storagecopy defines the analyzer of storages that are copied.
package storagecopy

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/directive"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

const doc = `report storages that are copied

A copy of an als.Storage is another storage. If it is made before the first use, it finds
none of the stores of the first. This reports assignments, arguments, results, parameters,
receivers, range variables and messages that copy an als.Storage, or a struct or array with
one. Use a pointer: als.New returns one. There is no fix, since the type has to change.`

// Analyzer reports storages that are copied.
var Analyzer = &analysis.Analyzer{
	Name:     "storagecopy",
	Doc:      doc,
	Requires: []*analysis.Analyzer{inspect.Analyzer, directive.Analyzer},
	Run:      run,
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{pass: pass, comments: pass.ResultOf[directive.Analyzer].(*directive.Index)}
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	nodes := []ast.Node{
		(*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil), (*ast.CompositeLit)(nil), (*ast.ReturnStmt)(nil),
		(*ast.CallExpr)(nil), (*ast.RangeStmt)(nil), (*ast.SendStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil),
	}
	in.Preorder(nodes, c.node)
	return nil, nil
}

type checker struct {
	pass     *analysis.Pass
	comments *directive.Index
}

func (c *checker) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, rhs := range n.Rhs {
			if id, ok := n.Lhs[min(i, len(n.Lhs)-1)].(*ast.Ident); ok && id.Name == "_" && len(n.Lhs) == len(n.Rhs) {
				continue
			}
			c.value(rhs, "the assignment")
		}
	case *ast.ValueSpec:
		for _, value := range n.Values {
			c.value(value, "the assignment")
		}
	case *ast.CompositeLit:
		for _, elt := range n.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			c.value(elt, "the literal")
		}
	case *ast.ReturnStmt:
		for _, result := range n.Results {
			c.value(result, "the return statement")
		}
	case *ast.SendStmt:
		c.value(n.Value, "the send statement")
	case *ast.CallExpr:
		c.call(n)
	case *ast.RangeStmt:
		c.variable(n.Key)
		c.variable(n.Value)
	case *ast.FuncDecl:
		c.fields(n.Recv, "the receiver")
		c.fields(n.Type.Params, "the parameter")
	case *ast.FuncLit:
		c.fields(n.Type.Params, "the parameter")
	}
}

func (c *checker) call(n *ast.CallExpr) {
	fun := c.pass.TypesInfo.Types[n.Fun]
	if fun.IsType() {
		return // the conversion's value is seen where it goes
	}
	if fun.IsBuiltin() {
		if id, ok := ast.Unparen(n.Fun).(*ast.Ident); !ok || id.Name != "append" {
			return // such as len and unsafe.Sizeof
		}
	}
	for _, arg := range n.Args {
		c.value(arg, "the call")
	}
}

// value reports an expression whose value is a copy of what something else holds.
func (c *checker) value(e ast.Expr, what string) {
	tv, ok := c.pass.TypesInfo.Types[e]
	if !ok || tv.IsType() {
		return
	}
	inner := ast.Unparen(e)
	for {
		call, ok := inner.(*ast.CallExpr)
		if !ok || !c.pass.TypesInfo.Types[call.Fun].IsType() || len(call.Args) != 1 {
			break
		}
		inner = ast.Unparen(call.Args[0])
	}
	switch inner := inner.(type) {
	case *ast.CompositeLit, *ast.CallExpr:
		return // new, or made by a function that is reported itself
	case *ast.StarExpr:
		if call, ok := ast.Unparen(inner.X).(*ast.CallExpr); ok && c.pass.TypesInfo.Types[call.Fun].IsBuiltin() {
			return // *new(T) is new, too
		}
	}
	c.report(e, c.pass.TypesInfo.TypeOf(inner), what)
}

// variable reports a variable of a range statement.
func (c *checker) variable(e ast.Expr) {
	if e == nil {
		return
	}
	if id, ok := e.(*ast.Ident); ok && id.Name == "_" {
		return
	}
	c.report(e, c.pass.TypesInfo.TypeOf(e), "the range variable")
}

func (c *checker) fields(list *ast.FieldList, what string) {
	if list == nil {
		return
	}
	for _, field := range list.List {
		c.report(field.Type, c.pass.TypesInfo.TypeOf(field.Type), what)
	}
}

func (c *checker) report(n ast.Node, t types.Type, what string) {
	if t == nil || !holdsStorage(t, nil) {
		return
	}
	c.comments.Report(c.pass, true, analysis.Diagnostic{
		Pos:     n.Pos(),
		End:     n.End(),
		Message: what + " copies an als.Storage, and the copy may find none of its stores: use a pointer",
	})
}

// holdsStorage reports whether a value of the type contains a Storage itself.
func holdsStorage(t types.Type, seen []types.Type) bool {
	for _, s := range seen {
		if types.Identical(s, t) {
			return false
		}
	}
	if known.IsType(t, "Storage") {
		return true
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return false
	}
	seen = append(seen, t)
	switch u := t.Underlying().(type) {
	case *types.Array:
		return holdsStorage(u.Elem(), seen)
	case *types.Struct:
		for field := range u.Fields() {
			if holdsStorage(field.Type(), seen) {
				return true
			}
		}
	}
	return false
}
