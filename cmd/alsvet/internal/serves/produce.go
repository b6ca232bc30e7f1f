package serves

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// produces reports whether the goroutine sends to what the starter made and returns.
func (j *Judge) produces(starter *flow.Func, w *walker) bool {
	// A method of the value that the starter returns may pass on the work of all its users.
	method := (&body{walker: w}).owner() == Given
	for _, wait := range w.waits {
		others := wait.kind == read && !wait.pulls || wait.kind == end || wait.kind == work && method
		if wait.origin >= Returned && wait.kind != stop || wait.origin >= Given && others {
			return false
		}
	}
	if w.unknown != "" {
		return false
	}
	return j.answers(starter, w)
}

// answers reports whether the goroutine sends values to a channel that the starter made
// and returns.
func (j *Judge) answers(starter *flow.Func, w *walker) bool {
	for v, value := range w.given {
		owner := j.flow.OwnerOf(v)
		if !value || owner == nil || !j.keeps(v) {
			continue
		}
		if j.returned(v, starter) || w.handing != nil && j.returned(v, owner) {
			return true
		}
	}
	return false
}

// feeds reports whether the goroutine sends values to a channel that the starter made and returns,
// or closes one: it works for the receivers of that channel.
func (j *Judge) feeds(starter *flow.Func, w *walker) bool {
	for v := range w.sent {
		if owner := j.flow.OwnerOf(v); owner != nil && isChannel(v.Type()) && j.keeps(v) && j.returned(v, starter) {
			return true
		}
	}
	return false
}

// pipes reports whether the goroutine sends values to a channel that the starter made and gives to
// a call whose result it returns, as one stage of a pipeline does.
func (j *Judge) pipes(starter *flow.Func, w *walker) bool {
	for cur := range starter.Cursor.Preorder((*ast.ReturnStmt)(nil)) {
		for _, result := range cur.Node().(*ast.ReturnStmt).Results {
			call, ok := ast.Unparen(result).(*ast.CallExpr)
			if !ok || j.flow.Enclosing(cur) != starter {
				continue
			}
			for _, arg := range call.Args {
				if v := j.root(arg); v != nil && w.given[v] && j.keeps(v) && isChannel(v.Type()) {
					return true
				}
			}
		}
	}
	return false
}

// returned reports whether the starter returns the variable.
func (j *Judge) returned(v *types.Var, starter *flow.Func) bool {
	for f := starter; f != nil; f = f.Owner {
		if f.IsResult(v) {
			return true
		}
		for cur := range f.Cursor.Preorder((*ast.ReturnStmt)(nil)) {
			for _, result := range cur.Node().(*ast.ReturnStmt).Results {
				if receive, ok := ast.Unparen(result).(*ast.UnaryExpr); ok && receive.Op == token.ARROW {
					continue
				}
				if j.root(result) == v {
					return true
				}
			}
		}
	}
	return false
}
