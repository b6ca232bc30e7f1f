package serves

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// keepers matches the names of functions that keep what they are given.
var keepers = regexp.MustCompile(`(?i)^(add|put|register|store|set|track|push|insert|remember|attach)`)

// escape says where else a local variable's value goes: nowhere is Own, to the caller of
// the function is Returned, or Given for a channel, and into a field or a package
// variable is Shared. Variables that are assigned to each other have one answer.
func (j *Judge) escape(v *types.Var) Origin {
	if result, done := j.escapes[v]; done {
		return result
	}
	result, seen := Own, map[*types.Var]bool{v: true}
	for list := []*types.Var{v}; len(list) > 0; {
		next := list[0]
		list = list[1:]
		for _, cur := range j.usesOfVar(next) {
			origin, into := j.escapeOfUse(cur, next)
			result = max(result, origin)
			if into != nil && !seen[into] {
				seen[into] = true
				list = append(list, into)
			}
		}
	}
	j.escapes[v] = result
	return result
}

// escapeOfUse follows one use outwards, through literals and conversions. It returns the local
// variable that the value is assigned to, if any.
func (j *Judge) escapeOfUse(cur cursor, v *types.Var) (Origin, *types.Var) {
	for {
		child, parent := cur.Node(), cur.Parent()
		switch n := parent.Node().(type) {
		case *ast.ParenExpr, *ast.KeyValueExpr, *ast.CompositeLit:
			cur = parent
			continue
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				cur = parent
				continue
			}
		case *ast.ReturnStmt:
			if isChannel(v.Type()) && child == ast.Unparen(child.(ast.Expr)) {
				if _, direct := child.(*ast.Ident); direct {
					return Given, nil // only the starter's caller receives
				}
			}
			return Returned, nil
		case *ast.SendStmt:
			if n.Value == child {
				return Unknown, nil
			}
			return j.sentBy(cur, v), nil
		case *ast.AssignStmt:
			return j.escapeOfAssignment(n, child, v)
		case *ast.ValueSpec:
			for i, value := range n.Values {
				if value == child && i < len(n.Names) {
					return j.escapeInto(n.Names[i], v)
				}
			}
		case *ast.CallExpr:
			return j.escapeOfArgument(n, child, parent, v), nil
		}
		return Own, nil
	}
}

func (j *Judge) escapeOfAssignment(n *ast.AssignStmt, child ast.Node, v *types.Var) (Origin, *types.Var) {
	for i, rhs := range n.Rhs {
		if rhs == child && i < len(n.Lhs) {
			return j.escapeInto(n.Lhs[i], v)
		}
	}
	return Own, nil
}

// escapeInto is for a value that is assigned to target.
func (j *Judge) escapeInto(target ast.Expr, v *types.Var) (Origin, *types.Var) {
	root := j.root(target)
	if root == nil || root == v {
		return Own, nil
	}
	owner := j.flow.OwnerOf(root)
	_, plain := ast.Unparen(target).(*ast.Ident)
	if owner == nil || j.isReceiver(root) { // a package variable, or a field
		return Shared, nil
	}
	if _, isParam := j.flow.ParamIndex(root); isParam && !plain {
		return Shared, nil
	}
	for f := owner; f != nil; f = f.Owner {
		if f.IsResult(root) {
			return Returned, nil
		}
	}
	return Own, root
}

// escapeOfArgument is for a value that a call is given.
func (j *Judge) escapeOfArgument(call *ast.CallExpr, child ast.Node, cur cursor, v *types.Var) Origin {
	if call.Fun == child {
		return Own
	}
	if _, isGo := cur.Parent().Node().(*ast.GoStmt); isGo {
		return Own
	}
	tv := j.info.Types[call.Fun]
	if tv.IsBuiltin() {
		if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "close" {
			return j.sentBy(cur, v)
		}
		if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "append" && call.Args[0] != child {
			if root := j.root(call.Args[0]); root == nil || j.flow.OwnerOf(root) == nil || j.isReceiver(root) {
				return Shared
			}
		}
		return Own
	}
	if name := known.Identifier(call.Fun); name != nil && keepers.MatchString(name.Name) && !known.Is(j.info, call, known.Binds...) {
		if fn, ok := j.info.Uses[name].(*types.Func); ok && fn.Pkg() != nil && fn.Pkg().Path() == "sync" && fn.Name() == "Add" {
			return Own
		}
		return Shared
	}
	if isChannel(v.Type()) && j.keepsParameter(call, child) {
		return Returned
	}
	return Own
}

// keepsParameter reports whether a function of the package is given a channel and uses it
// in a literal that it returns or hands on: others may then send to the channel.
func (j *Judge) keepsParameter(call *ast.CallExpr, child ast.Node) bool {
	for i, arg := range call.Args {
		if arg != child {
			continue
		}
		for _, f := range j.flow.Callees(call.Fun).Funcs {
			param := f.Param(i)
			if param == nil {
				continue
			}
			for _, use := range j.usesOfVar(param) {
				if j.handsOut(j.flow.Enclosing(use), f) {
					return true
				}
			}
		}
	}
	return false
}

// sentBy returns the origin of a channel that is sent to or closed at a place: Unknown if
// that is in a literal which is handed on, so that others decide when it runs.
func (j *Judge) sentBy(send cursor, v *types.Var) Origin {
	if j.handsOut(j.flow.Enclosing(send), j.flow.OwnerOf(v)) {
		return Unknown
	}
	return Own
}

// handsOut reports whether a literal, or one around it up to the outer function, is
// returned, stored, or given to a function of which it is not known when it calls it.
func (j *Judge) handsOut(f, outer *flow.Func) bool {
	for ; f != nil && f != outer; f = f.Owner {
		if f.Obj != nil {
			return false
		}
		switch n := f.Cursor.Parent().Node().(type) {
		case *ast.ReturnStmt, *ast.KeyValueExpr, *ast.CompositeLit:
			return true
		case *ast.CallExpr:
			if ast.Unparen(n.Fun) != f.Node && !j.callsNow(n, f.Node) {
				return true
			}
		}
	}
	return false
}

// callsNow reports whether a call runs a literal that it is given before it returns, or on
// a goroutine that it starts for it.
func (j *Judge) callsNow(call *ast.CallExpr, lit ast.Node) bool {
	for i, arg := range call.Args {
		if ast.Unparen(arg) != lit {
			continue
		}
		if j.flow.Runs(call, i).Elsewhere {
			return true
		}
		c := j.flow.Callees(call.Fun)
		for _, f := range c.Funcs {
			if !slices.Contains(f.Fact.Calls, i) {
				return false
			}
		}
		for _, fn := range c.Foreign {
			std := fn.Pkg() == nil || flow.IsStandard(fn.Pkg().Path()) || known.InModule(fn.Pkg().Path())
			if !std && !slices.Contains(j.flow.FactOf(fn).Calls, i) {
				return false
			}
		}
		return !c.Unknown && len(c.Params) == 0
	}
	return false
}
