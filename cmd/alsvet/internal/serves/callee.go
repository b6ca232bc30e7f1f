package serves

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// Joins is a fact about a function that runs parameters on other goroutines, and waits for
// these before it returns: what its callers give for them serves only the call.
type Joins struct{ Params []int }

func (*Joins) AFact() {}

func (*Joins) String() string { return "joins" }

var _ analysis.Fact = (*Joins)(nil)

// joinsOf returns the parameters of a function that Joins is a fact about.
func (j *Judge) joinsOf(f *flow.Func) (params []int) {
	for _, param := range f.Fact.Elsewhere {
		if j.joinsParam(f, param.Index) {
			params = append(params, param.Index)
		}
	}
	return params
}

// joinsParam reports whether a function runs its i-th parameter on other goroutines, and waits for
// these.
func (j *Judge) joinsParam(f *flow.Func, i int) bool {
	if !slices.ContainsFunc(f.Fact.Elsewhere, func(param flow.Param) bool { return param.Index == i }) {
		return false
	}
	asked := parameter{f, i}
	joins, done := j.joining[asked]
	if !done {
		j.joining[asked] = false // while it is looked for, for functions that give it to themselves
		joins = j.waitsFor(f, f.Param(i))
		j.joining[asked] = joins
	}
	return joins
}

// A parameter is the i-th of a function.
type parameter struct {
	f *flow.Func
	i int
}

// waitsFor reports whether a function waits for each goroutine that may run its parameter v, and
// keeps v nowhere else.
func (j *Judge) waitsFor(f *flow.Func, v *types.Var) bool {
	for _, use := range j.usesOfVar(v) {
		if !j.usedJoined(f, use) {
			return false
		}
	}
	return true
}

func (j *Judge) usedJoined(f *flow.Func, use cursor) bool {
	for up := range use.Enclosing((*ast.GoStmt)(nil), (*ast.CallExpr)(nil), (*ast.FuncDecl)(nil)) {
		switch n := up.Node().(type) {
		case *ast.GoStmt:
			return j.joins(up, n.Call.Fun, n.Call.Args)
		case *ast.CallExpr:
			for i, arg := range n.Args {
				if arg.Pos() <= use.Node().Pos() && use.Node().End() <= arg.End() && j.flow.Runs(n, i).Elsewhere {
					return j.joins(up, arg, nil) || j.calleeJoins(n, arg)
				}
			}
		}
	}
	call, ok := use.Parent().Node().(*ast.CallExpr)
	if ok {
		return call.Fun == use.Node() && j.flow.RunsWithin(j.flow.Enclosing(use), f)
	}
	_, compared := use.Parent().Node().(*ast.BinaryExpr)
	return compared
}

// calleeJoins reports whether all functions that a call may call wait for the goroutine that runs
// its argument.
func (j *Judge) calleeJoins(call *ast.CallExpr, arg ast.Expr) bool {
	i := slices.Index(call.Args, arg)
	c := j.flow.Callees(call.Fun)
	for _, f := range c.Funcs {
		if !j.joinsParam(f, i) {
			return false
		}
	}
	for _, fn := range c.Foreign {
		fact := new(Joins)
		if !j.pass.ImportObjectFact(fn.Origin(), fact) || !slices.Contains(fact.Params, i) {
			return false
		}
	}
	return i >= 0 && len(c.Funcs)+len(c.Foreign) > 0 && !c.Unknown && len(c.Params) == 0
}
