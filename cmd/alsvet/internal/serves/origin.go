package serves

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// An Origin says where a value comes from. The greater it is, the more callers may share
// the value.
type Origin int

// The origins.
const (
	Own      Origin = iota // made by the goroutine or its starter, which keeps it
	Given                  // a parameter of the starter
	Unknown                // the result of a call that is not followed
	Returned               // made by the starter, which returns it
	Shared                 // reached through a receiver or a package variable, or stored there
)

const (
	maxSteps   = 20 // through variables and calls
	maxAliases = 4  // through variables
)

func (b *body) origin(e ast.Expr) Origin { return b.originOf(e, b.env, 0) }

// worst returns the greatest origin of the variables in an expression.
func (b *body) worst(e ast.Expr) Origin {
	result := Own
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if b.judge.isValue(n.X) {
				result = max(result, b.origin(n.X))
			}
			return !b.judge.isValue(n.X)
		case *ast.Ident:
			if v, ok := b.judge.info.Uses[n].(*types.Var); ok && !v.IsField() {
				result = max(result, b.origin(n))
			}
		}
		return true
	})
	return result
}

func (w *walker) originOf(e ast.Expr, env *env, steps int) Origin {
	if e == nil || steps > maxSteps {
		return Shared
	}
	again := func(e ast.Expr) Origin { return w.originOf(e, env, steps+1) }
	info := w.judge.info
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := info.ObjectOf(e).(*types.Var); ok {
			return w.variable(v, env, steps)
		}
		return Own // a constant, nil, a function
	case *ast.SelectorExpr:
		if !w.judge.isValue(e.X) {
			if _, isVar := info.Uses[e.Sel].(*types.Var); isVar {
				return Shared // a variable of another package
			}
			return Own
		}
		return again(e.X)
	case *ast.StarExpr:
		return again(e.X)
	case *ast.UnaryExpr:
		return again(e.X)
	case *ast.IndexExpr:
		return again(e.X)
	case *ast.SliceExpr:
		return again(e.X)
	case *ast.TypeAssertExpr:
		return again(e.X)
	case *ast.BinaryExpr:
		return max(again(e.X), again(e.Y))
	case *ast.CompositeLit:
		result := Own
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			if t := info.TypeOf(elt); t != nil && (isChannel(t) || isReader(t)) {
				result = max(result, again(elt))
			}
		}
		return result
	case *ast.BasicLit, *ast.FuncLit:
		return Own
	case *ast.CallExpr:
		return w.result(e, again)
	}
	return Unknown
}

// makers matches the names of methods that make something for their caller.
var makers = regexp.MustCompile(`^(New|Make|Create|Open|Dial|Query|Begin|List|Iter|Find|Select|Search|Read|Do|Get|new|make|create|open|dial|query|list|iter|do)([A-Z].*)?$`)

// result returns the origin of what a call returns.
func (w *walker) result(call *ast.CallExpr, again func(ast.Expr) Origin) Origin {
	info := w.judge.info
	tv := info.Types[call.Fun]
	if tv.IsType() && len(call.Args) == 1 {
		return again(call.Args[0])
	}
	if tv.IsBuiltin() {
		if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "append" {
			return again(call.Args[0])
		}
		return Own
	}
	t := info.TypeOf(call)
	if t == nil {
		return Unknown
	}
	_, isChan := t.Underlying().(*types.Chan)
	sel, isSel := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if isSel && w.judge.isValue(sel.X) { // a method
		switch {
		case isChan: // ctx.Done(), watcher.Updates(): only the value sends to those
			origin := again(sel.X)
			if _, plain := ast.Unparen(sel.X).(*ast.Ident); plain && origin == Returned {
				return Given
			}
			return origin
		case makers.MatchString(sel.Sel.Name):
			return Own
		}
		return derived(info, call, again)
	}
	if fn, ok := info.Uses[known.Identifier(call.Fun)].(*types.Func); ok && fn.Pkg() != nil {
		switch fn.Pkg().Path() {
		case "context":
			if w.judge.othersCancel(call) {
				return Shared
			}
			return Own
		case "time":
			return Own
		case "bufio", "io", "reflect", "encoding/json", "encoding/gob", "encoding/xml", "encoding/csv", "net/textproto", "crypto/tls", "slices", "maps":
			return wrapped(info, call, again) // around a connection, a channel or a list
		}
	}
	if isChan {
		return Unknown
	}
	for _, f := range w.judge.flow.Callees(call.Fun).Funcs {
		if w.judge.looksUp(f) {
			return Shared
		}
	}
	return Own
}

// othersCancel reports whether a call makes a context and the function that cancels it, and that
// is kept in a field or a package variable: others decide when the context ends.
func (j *Judge) othersCancel(call *ast.CallExpr) bool {
	cancel := j.cancelOf(call)
	return cancel != nil && (j.flow.OwnerOf(cancel) == nil || j.escape(cancel) == Shared)
}

// looksUp reports whether a function returns what it reads from a map in a package variable.
func (j *Judge) looksUp(f *flow.Func) bool {
	if f.Obj == nil || f.Obj.Signature().Recv() != nil {
		return false
	}
	for cur := range f.Cursor.Preorder((*ast.ReturnStmt)(nil)) {
		for _, result := range cur.Node().(*ast.ReturnStmt).Results {
			v := j.flow.Assigned.Variable(result)
			if v == nil || j.flow.OwnerOf(v) != f {
				continue
			}
			values, _ := j.flow.Assigned.Values(v)
			if slices.ContainsFunc(values, j.inPackageMap) {
				return true
			}
		}
	}
	return false
}

// inPackageMap reports whether an expression is an element of a map in a package variable.
func (j *Judge) inPackageMap(e ast.Expr) bool {
	index, ok := ast.Unparen(e).(*ast.IndexExpr)
	if !ok {
		return false
	}
	_, isMap := j.info.TypeOf(index.X).Underlying().(*types.Map)
	root := j.root(index.X)
	return isMap && root != nil && j.flow.OwnerOf(root) == nil
}

// derived returns the origin of a method's result: that of the context which it was
// derived from, or unknown.
func derived(info *types.Info, call *ast.CallExpr, again func(ast.Expr) Origin) Origin {
	for _, arg := range call.Args {
		if t := info.TypeOf(arg); t != nil && flow.IsContext(t) {
			return min(again(arg), Unknown)
		}
	}
	return Unknown
}

// wrapped returns the origin of what a wrapper was made of.
func wrapped(info *types.Info, call *ast.CallExpr, again func(ast.Expr) Origin) Origin {
	result := Own
	for _, arg := range call.Args {
		if t := info.TypeOf(arg); t != nil {
			if _, basic := t.Underlying().(*types.Basic); !basic {
				result = max(result, again(arg))
			}
		}
	}
	return result
}

func isChannel(t types.Type) bool {
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

// isReader reports whether a type has a method Read, as a connection has.
func isReader(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Read")
	fn, ok := obj.(*types.Func)
	return ok && fn.Signature().Params().Len() == 1 && fn.Signature().Results().Len() == 2
}
