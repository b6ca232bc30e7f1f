package serves

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// passes reports whether something of the starter's call goes to the goroutine: an
// argument, a parameter, or a variable that does not only name what others share. Where it
// mentions only what others share, as go pool.fill() does, it works for all of them.
func (j *Judge) passes(w *walker, starter *flow.Func, fun ast.Expr, args []ast.Expr) bool {
	if w.isHanded() {
		return true
	}
	mentions := slices.Concat([]ast.Expr{fun}, args)
	for _, f := range j.flow.Callees(fun).Funcs {
		if f.Obj == nil && f.Node != ast.Unparen(fun) {
			mentions = append(mentions, f.Node.(ast.Expr)) // a variable holds it
		}
	}
	shared := false
	for _, e := range mentions {
		for n := range ast.Preorder(e) {
			id, ok := n.(*ast.Ident)
			if !ok {
				continue
			}
			v, ok := j.info.Uses[id].(*types.Var)
			if !ok || v.IsField() || flow.IsFunc(v.Type()) && j.isLiteral(v) {
				continue
			}
			switch j.belongs(w, starter, v) {
			case toCall:
				return true
			case toOthers:
				shared = true
			}
		}
	}
	return !shared
}

// setsUp reports whether a goroutine works for the value that its starter makes and returns: all
// that it mentions of the call is that value.
func (j *Judge) setsUp(w *walker, starter *flow.Func, fun ast.Expr, args []ast.Expr) bool {
	found := false
	for _, e := range slices.Concat([]ast.Expr{fun}, args) {
		for n := range ast.Preorder(e) {
			id, ok := n.(*ast.Ident)
			if !ok {
				continue
			}
			v, ok := j.info.Uses[id].(*types.Var)
			if !ok || v.IsField() || j.belongs(w, starter, v) != toCall {
				continue
			}
			if _, isParam := j.flow.ParamIndex(v); isParam || isChannel(v.Type()) || w.variable(v, nil, 0) != Returned {
				return false
			}
			found = true
		}
	}
	return found
}

// A belonging says to what a variable belongs that a goroutine mentions.
type belonging int

const (
	toItself belonging = iota
	toCall             // of the starter, or of a function around it
	toOthers           // to others, too: a receiver, a package variable, or what these hold
)

func (j *Judge) belongs(w *walker, starter *flow.Func, v *types.Var) belonging {
	owner := j.flow.OwnerOf(v)
	switch {
	case v.Pkg() != j.flow.Pass.Pkg:
		return toItself // os.Stdout
	case owner == nil || j.isReceiver(v):
		return toOthers
	}
	_, isParam := j.flow.ParamIndex(v)
	for f := starter; f != nil; f = f.Owner {
		switch {
		case f != owner:
		case isParam || w.variable(v, nil, 0) != Shared && j.batchOf(w, starter, v, 0) == nil:
			return toCall
		default:
			return toOthers
		}
	}
	return toItself
}

// isLiteral reports whether a variable only names function literals; what these close
// over is looked at by itself.
func (j *Judge) isLiteral(v *types.Var) bool {
	values, known := j.flow.Assigned.Values(v)
	for _, value := range values {
		if _, ok := ast.Unparen(value).(*ast.FuncLit); !ok {
			return false
		}
	}
	return known && len(values) > 0
}
