// Package revoked defines the analyzer of stores that are gone when they are read.
package revoked

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/check"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

const doc = `report stores with RevokeOnEnd that background work reads

The store of a storage with RevokeOnEnd, and of alshttp.NewStore, is revoked when its
Run, or the request, ends. Work that als.Go, als.AfterFunc or a bound function started
may read it later and find nothing, unless the function waits for the work:

	als.Go(func() { audit(user.Get()) })                // reported
	name := user.Get()
	als.Go(func() { audit(name) })                      // right
	als.Go(als.Outlive(func() { audit(user.Get()) }))   // right

Work that the function waits for, with a WaitGroup, a group or a channel of its own,
is not reported. There is no fix, since alsvet does not know which of the two is right.`

// Analyzer reports stores that are gone when they are read.
var Analyzer = &analysis.Analyzer{
	Name:      "revoked",
	Doc:       doc,
	Requires:  check.Requires(),
	Run:       run,
	FactTypes: []analysis.Fact{new(revocable)},
}

// revocable is a fact about a variable or field that holds a storage with RevokeOnEnd.
type revocable struct{}

func (*revocable) AFact() {}

func (*revocable) String() string { return "revocable" }

type checker struct {
	check.Base
	storages map[*types.Var]bool
	reads    map[*flow.Func]*types.Var
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		Base:     check.New(pass),
		storages: make(map[*types.Var]bool),
		reads:    make(map[*flow.Func]*types.Var),
	}
	if c.Flow.LeftOut {
		return nil, nil
	}
	c.findStorages()
	c.findReads()
	if len(c.reads) == 0 {
		return nil, nil
	}
	for cur := range c.Flow.Root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if usage.IsTest(pass, call.Pos()) {
			continue
		}
		switch {
		case known.Is(pass.TypesInfo, call, known.Func("Go"), known.ValueMethod("ExecutionContext", "Go")):
			c.work(cur, call.Args[0])
		case known.Is(pass.TypesInfo, call, known.Func("AfterFunc")):
			c.work(cur, call.Args[1])
		default:
			for i, arg := range call.Args {
				if runs := c.Flow.Runs(call, i); runs.Elsewhere && c.Flow.Callees(arg).Bound {
					c.work(cur, arg)
				}
			}
		}
	}
	return nil, nil
}

// findStorages finds the variables that hold a storage with RevokeOnEnd.
func (c *checker) findStorages() {
	for v, values := range c.Flow.Assigned.All() {
		for _, value := range values {
			if value != nil && c.revokes(value) {
				c.storages[v] = true
				if v.Pkg() == c.Pass.Pkg && (v.IsField() || v.Parent() == v.Pkg().Scope()) {
					c.Pass.ExportObjectFact(v, new(revocable))
				}
			}
		}
	}
}

// revokes reports whether an expression makes a storage with RevokeOnEnd.
func (c *checker) revokes(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	switch known.FullName(c.Pass.TypesInfo, call) {
	case known.ALS + "/alshttp.NewStore":
		return true
	case known.Func("New"):
		for _, arg := range call.Args {
			lit, ok := ast.Unparen(arg).(*ast.CompositeLit)
			if !ok {
				continue
			}
			for _, elt := range lit.Elts {
				if kv, ok := elt.(*ast.KeyValueExpr); ok && isTrue(c.Pass.TypesInfo, kv) {
					return true
				}
			}
		}
	}
	return false
}

func isTrue(info *types.Info, kv *ast.KeyValueExpr) bool {
	key, ok := kv.Key.(*ast.Ident)
	value := info.Types[kv.Value].Value
	return ok && key.Name == "RevokeOnEnd" && value != nil && value.String() == "true"
}

// readers are the methods that read a store.
var readers = map[string]bool{"Get": true, "GetStore": true, "Must": true}

// findReads finds the functions that read such a store, by themselves or through
// functions of the package that they call.
func (c *checker) findReads() {
	for cur := range c.Flow.Root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || !readers[sel.Sel.Name] {
			continue
		}
		v := c.Flow.Assigned.Variable(sel.X)
		f := c.Flow.Enclosing(cur)
		if v != nil && f != nil && c.isRevocable(v) {
			c.reads[f] = v
		}
	}
	for changed := len(c.reads) > 0; changed; {
		changed = false
		for _, f := range c.Flow.Funcs() {
			if c.reads[f] != nil {
				continue
			}
			for _, callee := range f.Callees() {
				if v := c.reads[callee]; v != nil {
					c.reads[f], changed = v, true
					break
				}
			}
		}
	}
}

func (c *checker) isRevocable(v *types.Var) bool {
	return c.storages[v] || v.Pkg() != nil && v.Pkg() != c.Pass.Pkg && c.Pass.ImportObjectFact(v, new(revocable))
}

// work checks a function that runs with the caller's stores on another goroutine.
func (c *checker) work(cur inspector.Cursor, fun ast.Expr) {
	if call, ok := ast.Unparen(fun).(*ast.CallExpr); ok && known.Is(c.Pass.TypesInfo, call, known.Func("Outlive")) {
		return
	}
	for _, f := range c.Flow.Callees(fun).Funcs {
		v := c.reads[f]
		if v == nil || c.Judge.Joined(cur, fun, nil) {
			continue
		}
		c.Comments.Report(c.Pass, true, analysis.Diagnostic{
			Pos: fun.Pos(),
			End: fun.End(),
			Message: fmt.Sprintf("the store of %s is gone when its Run or request ends, which may be before this work reads it: "+
				"read it first, or use als.Outlive", v.Name()),
		})
		return
	}
}
