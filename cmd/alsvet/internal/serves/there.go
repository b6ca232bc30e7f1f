package serves

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// runsThere reports whether a literal has run when the function around it returns: that calls or
// defers it, also by a variable, or gives it to a call that runs it. A literal that is returned,
// stored or registered, as with (*testing.T).Cleanup, runs later: its function does not wait in it.
func (j *Judge) runsThere(lit *flow.Func, steps int) bool {
	if lit == nil || lit.Obj != nil || steps > maxAliases {
		return false
	}
	parent := lit.Cursor.Parent()
	switch n := parent.Node().(type) {
	case *ast.CallExpr:
		if n.Fun == lit.Node {
			_, isGo := parent.Parent().Node().(*ast.GoStmt)
			return !isGo
		}
		return j.runsArgument(parent, slices.Index(n.Args, lit.Node.(ast.Expr)))
	case *ast.AssignStmt:
		i := slices.Index(n.Rhs, lit.Node.(ast.Expr))
		return len(n.Lhs) == len(n.Rhs) && j.calledThere(n.Lhs[i], steps)
	case *ast.ValueSpec:
		i := slices.Index(n.Values, lit.Node.(ast.Expr))
		return len(n.Names) == len(n.Values) && j.calledThere(n.Names[i], steps)
	}
	return false
}

// calledThere reports whether the function around a local variable calls what is in it.
func (j *Judge) calledThere(variable ast.Expr, steps int) bool {
	id, ok := variable.(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := j.info.ObjectOf(id).(*types.Var)
	if !ok || j.flow.OwnerOf(v) == nil {
		return false
	}
	return slices.ContainsFunc(j.usesOfVar(v), func(use cursor) bool {
		call, ok := use.Parent().Node().(*ast.CallExpr)
		if !ok {
			return false
		}
		f := j.flow.Enclosing(use)
		if f != j.flow.OwnerOf(v) && !j.runsThere(f, steps+1) {
			return false
		}
		if call.Fun != use.Node() {
			return j.runsArgument(use.Parent(), slices.Index(call.Args, use.Node().(ast.Expr)))
		}
		_, isGo := use.Parent().Parent().Node().(*ast.GoStmt)
		return !isGo
	})
}

// runsArgument reports whether a call runs its i-th argument before it returns, or on a goroutine
// that its function waits for.
func (j *Judge) runsArgument(cur cursor, i int) bool {
	call := cur.Node().(*ast.CallExpr)
	if i < 0 {
		return false
	}
	if known.Is(j.info, call, known.Encloses...) {
		return !known.Is(j.info, call, known.Binds...)
	}
	if j.flow.Runs(call, i).Elsewhere {
		return j.joinsArgument(cur, call.Args[i])
	}
	c := j.flow.Callees(call.Fun)
	for _, f := range c.Funcs {
		if !slices.ContainsFunc(f.Fact.Calls, func(n int) bool { return f.Param(n) == f.Param(i) }) {
			return false
		}
	}
	for _, fn := range c.Foreign {
		if !runsAtOnce(fn) && !slices.Contains(j.flow.FactOf(fn).Calls, i) {
			return false
		}
	}
	return len(c.Funcs)+len(c.Foreign) > 0 && !c.Unknown && len(c.Params) == 0
}

// joinsArgument reports whether the function around a call waits for the goroutine that runs an
// argument of it.
func (j *Judge) joinsArgument(cur cursor, arg ast.Expr) bool {
	if j.waiting {
		return false // no chains of goroutines that wait for each other
	}
	if joined, done := j.waited[arg]; done {
		return joined
	}
	j.waiting = true
	joined := j.joins(cur, arg, nil)
	j.waiting = false
	j.waited[arg] = joined
	return joined
}

// runsAtOnce reports whether a function of the standard library runs the functions that it is given
// before it returns.
func runsAtOnce(fn *types.Func) bool {
	if fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "slices", "maps", "sort", "strings", "bytes", "path/filepath", "io/fs", "go/ast", "runtime/pprof", "runtime/trace", "testing/synctest":
		return true
	case "sync":
		return fn.Name() == "Do" || fn.Name() == "Range"
	case "testing":
		return fn.Name() == "Run"
	}
	return false
}
