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
	if params, done := j.joining[f]; done {
		return params
	}
	j.joining[f] = nil // while it is looked for, for functions that call themselves
	for _, param := range f.Fact.Elsewhere {
		if j.waitsFor(f, f.Param(param.Index)) {
			params = append(params, param.Index)
		}
	}
	j.joining[f] = params
	return params
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
		if !slices.Contains(j.joinsOf(f), i) {
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
