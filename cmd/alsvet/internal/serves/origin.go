package serves

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

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

const maxSteps = 20 // through variables and calls

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

// makers are names of methods that make something for their caller.
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
	if fn, ok := info.Uses[calleeName(call)].(*types.Func); ok && fn.Pkg() != nil {
		switch fn.Pkg().Path() {
		case "time", "context":
			return Own
		case "bufio", "io", "reflect", "encoding/json", "encoding/gob", "encoding/xml", "encoding/csv", "net/textproto", "crypto/tls":
			return wrapped(info, call, again) // around a connection or a channel
		}
	}
	if isChan {
		return Unknown
	}
	return Own
}

// derived returns the origin of a method's result: that of the context which it was
// derived from, or unknown.
func derived(info *types.Info, call *ast.CallExpr, again func(ast.Expr) Origin) Origin {
	for _, arg := range call.Args {
		if t := info.TypeOf(arg); t != nil && types.TypeString(t, nil) == "context.Context" {
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

func calleeName(call *ast.CallExpr) *ast.Ident {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return fun
	case *ast.SelectorExpr:
		return fun.Sel
	}
	return nil
}

// variable returns the origin of a variable, the greatest of what it is assigned. One
// that is assigned from itself, as in n = n.next, adds nothing by that.
func (w *walker) variable(v *types.Var, e *env, steps int) Origin {
	asked := question{v, e}
	if origin, done := w.origins[asked]; done {
		return origin
	}
	if w.origins == nil {
		w.origins = make(map[question]Origin)
	}
	w.origins[asked] = Own // while it is asked
	origin := w.findOrigin(v, e, steps)
	w.origins[asked] = origin
	return origin
}

// A question is a variable in a call.
type question struct {
	v   *types.Var
	env *env
}

func (w *walker) findOrigin(v *types.Var, env *env, steps int) Origin {
	if arg, outer := env.lookup(v); arg != nil {
		origin := w.originOf(arg, outer, steps+1)
		if escape := w.judge.escape(v, 0); escape != Returned {
			origin = max(origin, escape) // as a worker that goes back to its pool
		}
		return origin
	}
	p := w.judge.flow
	owner := p.OwnerOf(v)
	if owner == nil {
		return Shared
	}
	isReceiver := owner.Obj != nil && owner.Obj.Signature().Recv() == v
	index, isParam := p.ParamIndex(v)
	if isReceiver || isParam {
		if origin, known := w.ofCallers(owner, isReceiver, index, steps); known {
			return origin
		}
	}
	if isReceiver {
		return Shared
	}
	if isParam {
		return Given
	}
	if over := p.Assigned.Ranged(v); over != nil {
		return w.originOf(over, env, steps+1)
	}
	result := Own
	values, _ := p.Assigned.Values(v)
	for _, value := range values {
		result = max(result, w.originOf(value, env, steps+1))
	}
	if len(values) == 0 && isChannel(v.Type()) && !w.judge.declared(v) {
		result = Unknown
	}
	return max(result, w.judge.escape(v, 0))
}

// ofCallers returns the greatest origin of what a function's callers give for its receiver
// or a parameter, if the function is unexported and all its uses are calls. It is never
// Own, since a caller may share what it has in ways that are not followed.
func (w *walker) ofCallers(f *flow.Func, receiver bool, index, steps int) (origin Origin, known bool) {
	if f.Obj == nil || f.Obj.Exported() || steps > maxCallers {
		return 0, false
	}
	uses := w.judge.usesOf()[f.Obj]
	for _, use := range uses {
		fun := use
		sel, isSel := use.Parent().Node().(*ast.SelectorExpr)
		if isSel && sel.Sel == use.Node() {
			fun = use.Parent()
		}
		call, ok := fun.Parent().Node().(*ast.CallExpr)
		if !ok || call.Fun != fun.Node() {
			return 0, false
		}
		switch {
		case receiver && !isSel || !receiver && index >= len(call.Args):
			return 0, false
		case receiver:
			origin = max(origin, w.originOf(sel.X, nil, steps+1))
		default:
			origin = max(origin, w.originOf(call.Args[index], nil, steps+1))
		}
	}
	return max(origin, Given), len(uses) > 0
}

const maxCallers = 4 // from caller to caller

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

func isFunction(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// declared reports whether a variable is declared without a value.
func (j *Judge) declared(v *types.Var) bool {
	cur, ok := j.flow.Root.FindByPos(v.Pos(), v.Pos())
	if !ok {
		return false
	}
	_, ok = cur.Parent().Node().(*ast.ValueSpec)
	return ok
}

// root returns the variable that an expression starts from, nil if none.
func (j *Judge) root(e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v, _ := j.info.ObjectOf(x).(*types.Var)
			return v
		case *ast.SelectorExpr:
			if !j.isValue(x.X) {
				return nil
			}
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.UnaryExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.TypeAssertExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// keepers are names of functions that keep what they are given.
var keepers = regexp.MustCompile(`(?i)^(add|put|register|store|set|track|push|insert|remember|attach)`)

// escape says where else a local variable's value goes: nowhere is Own, to the caller of
// the function is Returned, or Given for a channel, and into a field or a package
// variable is Shared.
func (j *Judge) escape(v *types.Var, steps int) Origin {
	if result, done := j.escapes[v]; done {
		return result
	}
	if steps > maxAliases {
		return Own
	}
	j.escapes[v] = Own // while it is looked for
	result := Own
	for _, cur := range j.usesOfVar(v) {
		result = max(result, j.escapeOfUse(cur, v, steps))
	}
	j.escapes[v] = result
	return result
}

// usesOfVar returns where a variable is used.
func (j *Judge) usesOfVar(v *types.Var) []cursor {
	if j.vars == nil {
		j.vars = make(map[*types.Var][]cursor)
		for cur := range j.flow.Root.Preorder((*ast.Ident)(nil)) {
			if v, ok := j.info.Uses[cur.Node().(*ast.Ident)].(*types.Var); ok && !v.IsField() {
				j.vars[v] = append(j.vars[v], cur)
			}
		}
	}
	return j.vars[v]
}

const maxAliases = 4

// escapeOfUse follows one use outwards, through literals and conversions.
func (j *Judge) escapeOfUse(cur cursor, v *types.Var, steps int) Origin {
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
					return Given // only the starter's caller receives
				}
			}
			return Returned
		case *ast.SendStmt:
			if n.Value == child {
				return Unknown
			}
		case *ast.AssignStmt:
			return j.escapeOfAssignment(n, child, v, steps)
		case *ast.ValueSpec:
			for i, value := range n.Values {
				if value == child && i < len(n.Names) {
					return j.escapeInto(n.Names[i], v, steps)
				}
			}
		case *ast.CallExpr:
			return j.escapeOfArgument(n, child, parent)
		}
		return Own
	}
}

func (j *Judge) escapeOfAssignment(n *ast.AssignStmt, child ast.Node, v *types.Var, steps int) Origin {
	for i, rhs := range n.Rhs {
		if rhs == child && i < len(n.Lhs) {
			return j.escapeInto(n.Lhs[i], v, steps)
		}
	}
	return Own
}

// escapeInto is for a value that is assigned to target.
func (j *Judge) escapeInto(target ast.Expr, v *types.Var, steps int) Origin {
	root := j.root(target)
	if root == v {
		return Own
	}
	if root == nil {
		return Own
	}
	owner := j.flow.OwnerOf(root)
	_, plain := ast.Unparen(target).(*ast.Ident)
	switch {
	case owner == nil:
		return Shared // a package variable
	case owner.Obj != nil && owner.Obj.Signature().Recv() == root:
		return Shared
	}
	if _, isParam := j.flow.ParamIndex(root); isParam && !plain {
		return Shared
	}
	for f := owner; f != nil; f = f.Owner {
		if f.IsResult(root) {
			return Returned
		}
	}
	return j.escape(root, steps+1)
}

// escapeOfArgument is for a value that a call is given.
func (j *Judge) escapeOfArgument(call *ast.CallExpr, child ast.Node, cur cursor) Origin {
	if call.Fun == child {
		return Own
	}
	if _, isGo := cur.Parent().Node().(*ast.GoStmt); isGo {
		return Own
	}
	tv := j.info.Types[call.Fun]
	if tv.IsBuiltin() {
		if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "append" && call.Args[0] != child {
			if root := j.root(call.Args[0]); root == nil || j.flow.OwnerOf(root) == nil || j.isReceiver(root) {
				return Shared
			}
		}
		return Own
	}
	if name := calleeName(call); name != nil && keepers.MatchString(name.Name) && !known.Is(j.info, call, known.Binds...) {
		if fn, ok := j.info.Uses[name].(*types.Func); ok && fn.Pkg() != nil && fn.Pkg().Path() == "sync" && fn.Name() == "Add" {
			return Own
		}
		return Shared
	}
	return Own
}

func (j *Judge) isReceiver(v *types.Var) bool {
	owner := j.flow.OwnerOf(v)
	return owner != nil && owner.Obj != nil && owner.Obj.Signature().Recv() == v
}

// popped returns the queue that a function variable was taken out of, nil if none.
func (j *Judge) popped(v *types.Var, steps int) ast.Expr {
	if over := j.flow.Assigned.Ranged(v); over != nil {
		if isChannel(j.info.TypeOf(over)) || j.emptied(over, j.flow.OwnerOf(v), 0) {
			return over
		}
		return nil // a list of hooks
	}
	values, _ := j.flow.Assigned.Values(v)
	for _, value := range values {
		switch e := ast.Unparen(value).(type) {
		case *ast.IndexExpr:
			if j.emptied(e.X, j.flow.OwnerOf(v), 0) {
				return e.X
			}
		case *ast.UnaryExpr:
			if e.Op == token.ARROW {
				return e.X
			}
		case *ast.CallExpr:
			if name := calleeName(e); name != nil && readName.MatchString(name.Name) {
				return e.Fun
			}
		case *ast.Ident:
			if other, ok := j.info.Uses[e].(*types.Var); ok && steps < maxAliases {
				return j.popped(other, steps+1)
			}
		}
	}
	return nil
}

// emptied reports whether a list is a queue: the function that runs what is in it takes
// that out.
func (j *Judge) emptied(list ast.Expr, f *flow.Func, steps int) bool {
	v := j.flow.Assigned.Variable(list)
	if v == nil || f == nil || steps > maxAliases {
		return false
	}
	for cur := range f.Cursor.Preorder((*ast.AssignStmt)(nil)) {
		n := cur.Node().(*ast.AssignStmt)
		if len(n.Lhs) != len(n.Rhs) {
			continue
		}
		for i, lhs := range n.Lhs {
			if j.flow.Assigned.Variable(lhs) != v {
				continue
			}
			value := ast.Unparen(n.Rhs[i])
			if _, shorter := value.(*ast.SliceExpr); shorter || j.info.Types[value].IsNil() || j.emptied(value, f, steps+1) {
				return true
			}
		}
	}
	return false
}
