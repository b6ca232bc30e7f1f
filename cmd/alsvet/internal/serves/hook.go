package serves

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// isHook reports whether a function value is a hook. A long-lived value calls a hook, such as the
// handler of a server, for the caller that causes the call. A fix hands that caller's stores to it.
// A job, or a function that waits for a reply, is no hook: it belongs to the caller that set it.
// A hook is given something when it is called, and is
//
//   - in a field, or in a list or table of strings or types in one
//   - set by constructors and options, or by a method that only registers it
//   - taken out again only by a method whose name says so
//   - not in a value that is an element of a channel, list or table
func (j *Judge) isHook(fun ast.Expr) bool {
	sig, ok := j.info.TypeOf(fun).Underlying().(*types.Signature)
	if !ok || sig.Params().Len() == 0 {
		return false
	}
	kept, ok := j.keepers(fun, 0)
	return ok && len(kept) > 0 && !slices.ContainsFunc(kept, func(k keeper) bool { return !j.keepsHooks(k) })
}

// A keeper is a field that has a function, or a list or table of functions, and the type that the field is of.
type keeper struct {
	field *types.Var
	owner *types.Named
}

func (j *Judge) keepsHooks(k keeper) bool {
	if k.owner == nil || k.owner.Obj().Pkg() != j.pass.Pkg || jobName.MatchString(k.owner.Obj().Name()) || jobName.MatchString(k.field.Name()) {
		return false
	}
	if m, ok := k.field.Type().Underlying().(*types.Map); ok && isNumber(m.Key()) {
		return false // pending requests have numbers
	}
	return j.onlyRegistered(k) && !j.isElement(k.owner)
}

// jobName matches the names of values, and of fields in them, that belong to one caller.
var jobName = regexp.MustCompile(`(?i)(future|promise|call|request|req|pending|job|task|op|operation|result|reply|replies|ack|response|session|stream|conn|connection|wait|waiter|subscription|sub|batch|entry|item|cmd|command|message|msg|work|tx|txn|queue|listener|observer|subscriber|callback|cb|done|fn|watch|watcher|timer|context|ctx|event)s?$`)

func isNumber(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsNumeric != 0
}

// keepers returns the fields that a function value may be kept in, directly, as an element of a list
// or table. Complete is false if it may come from elsewhere.
func (j *Judge) keepers(e ast.Expr, steps int) (kept []keeper, complete bool) {
	if e == nil || steps > maxAliases {
		return nil, false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		selection := j.info.Selections[e]
		if selection == nil || selection.Kind() != types.FieldVal || len(selection.Index()) != 1 {
			return nil, false
		}
		return []keeper{{j.flow.Assigned.Variable(e), namedType(selection.Recv())}}, true
	case *ast.IndexExpr:
		return j.keepers(e.X, steps+1)
	case *ast.CallExpr:
		fn, ok := j.info.Uses[known.Identifier(e.Fun)].(*types.Func)
		if ok && len(e.Args) > 0 && fn.Pkg() != nil && (fn.Pkg().Path() == "slices" || fn.Pkg().Path() == "maps") {
			return j.keepers(e.Args[0], steps+1)
		}
	case *ast.Ident:
		v, _ := j.info.Uses[e].(*types.Var)
		if v == nil || j.flow.OwnerOf(v) == nil {
			return nil, false
		}
		if over := j.flow.Assigned.Ranged(v); over != nil {
			return j.keepers(over, steps+1)
		}
		for _, value := range j.flow.Assigned.All()[v] {
			k, ok := j.keepers(value, steps+1)
			if !ok {
				return nil, false
			}
			kept = append(kept, k...)
		}
		return kept, true
	}
	return nil, false
}

func namedType(t types.Type) *types.Named {
	t = types.Unalias(t)
	if pointer, ok := t.(*types.Pointer); ok {
		t = types.Unalias(pointer.Elem())
	}
	named, _ := t.(*types.Named)
	return named
}

// onlyRegistered reports whether all that the package puts into a field, or into a list or table in
// one, are functions that its users set a value up with.
func (j *Judge) onlyRegistered(k keeper) bool {
	found := false
	for _, use := range j.everyUse(k.field) {
		values, known := j.written(use)
		if !known {
			return false
		}
		f := j.flow.Enclosing(use)
		for _, value := range values {
			if !j.registers(value, f, k.owner, 0) {
				return false
			}
			found = true
		}
	}
	return found
}

// written returns the functions that one use of a field puts into it. Known is false if the use takes
// functions out of it, or may do something else with it.
func (j *Judge) written(use cursor) (values []ast.Expr, known bool) {
	target := use
	if sel, ok := use.Parent().Node().(*ast.SelectorExpr); ok && sel.Sel == use.Node() {
		target = use.Parent()
	}
	parent := target.Parent()
	switch n := parent.Node().(type) {
	case *ast.KeyValueExpr:
		if n.Key == target.Node() {
			return j.elements(n.Value), true
		}
	case *ast.IndexExpr:
		if n.X == target.Node() {
			target, parent = parent, parent.Parent()
		}
	case *ast.UnaryExpr, *ast.SliceExpr:
		return nil, false
	case *ast.CallExpr:
		if j.isBuiltin(n, "delete") || j.isBuiltin(n, "clear") {
			return nil, j.unregisters(j.flow.Enclosing(use))
		}
	}
	assign, ok := parent.Node().(*ast.AssignStmt)
	if !ok {
		return nil, true
	}
	f := j.flow.Enclosing(use)
	setsUp := j.isReceiverless(f) || j.unregisters(f)
	i := slices.Index(assign.Lhs, target.Node().(ast.Expr))
	switch {
	case i < 0:
		return nil, true
	case len(assign.Lhs) != len(assign.Rhs):
		return nil, false
	case j.empties(assign.Rhs[i]):
		return nil, setsUp
	case j.isMake(assign.Rhs[i]):
		return nil, setsUp || isIfNil(parent.Parent().Parent().Node())
	}
	return j.elements(assign.Rhs[i]), true
}

// isMake reports whether a value is a new list or table.
func (j *Judge) isMake(value ast.Expr) bool {
	call, ok := ast.Unparen(value).(*ast.CallExpr)
	return ok && j.isBuiltin(call, "make")
}

// isIfNil reports whether a statement is for what is not there yet.
func isIfNil(stmt ast.Node) bool {
	test, ok := stmt.(*ast.IfStmt)
	if !ok {
		return false
	}
	absent, _ := polarity(test.Cond)
	return absent
}

// unregisters reports whether a function takes hooks out, as its name says.
func (j *Judge) unregisters(f *flow.Func) bool {
	return f != nil && f.Obj != nil && unregisterName.MatchString(f.Obj.Name())
}

var (
	unregisterName = regexp.MustCompile(`^(Remove|Delete|Unregister|Clear|Reset|Off|Unset)`)
	registerName   = regexp.MustCompile(`^(Add|On|Set|Use|Register|With|Handle|Append|Install|Before|After)`)
)

// elements returns the functions that a value of a field is or has.
func (j *Judge) elements(value ast.Expr) []ast.Expr {
	var list []ast.Expr
	switch e := ast.Unparen(value).(type) {
	case *ast.CompositeLit:
		list = e.Elts
	case *ast.CallExpr:
		switch {
		case j.isBuiltin(e, "append"):
			list = e.Args[1:]
		case j.info.Types[e.Fun].IsBuiltin():
			return nil
		default:
			return []ast.Expr{value}
		}
	default:
		if j.info.Types[value].IsNil() {
			return nil
		}
		return []ast.Expr{value}
	}
	var functions []ast.Expr
	for _, elt := range list {
		if pair, ok := elt.(*ast.KeyValueExpr); ok {
			elt = pair.Value
		}
		functions = append(functions, elt)
	}
	return functions
}

// registers reports whether a function sets a value up when it puts a function into its field: it is
// a constructor or an option, or a method that users of the package call for no more than that.
func (j *Judge) registers(value ast.Expr, f *flow.Func, owner *types.Named, steps int) bool {
	v := j.flow.Assigned.Variable(value)
	if _, isLit := ast.Unparen(value).(*ast.FuncLit); v == nil && !isLit {
		if _, isCall := ast.Unparen(value).(*ast.CallExpr); !isCall {
			return true // a function that the package declares
		}
	}
	if f == nil || j.isReceiverless(f) {
		return f == nil || j.givenSettings(f, value)
	}
	i, isParam := j.flow.ParamIndex(v)
	return isParam && f.Obj != nil && f.Obj.Exported() && f.Param(i) == v && registerName.MatchString(f.Obj.Name()) &&
		longLived.MatchString(owner.Obj().Name()) && f.Fact.Reads <= flow.Logs && !j.returnsHandle(f) && !j.callsVariable(v) &&
		j.calledToRegister(f, i, owner, steps)
}

// callsVariable reports whether a function calls its parameter v, as a method does at once if the
// event has already happened.
func (j *Judge) callsVariable(v *types.Var) bool {
	return slices.ContainsFunc(j.usesOfVar(v), func(use cursor) bool {
		call, ok := use.Parent().Node().(*ast.CallExpr)
		return ok && call.Fun == use.Node()
	})
}

// calledToRegister reports whether the package itself calls a method that registers its i-th parameter
// only to set a value up: not from a method that sends a request, as Publish(id, done) is.
func (j *Judge) calledToRegister(f *flow.Func, i int, owner *types.Named, steps int) bool {
	return steps <= maxAliases && !slices.ContainsFunc(j.ownUses(f), func(use cursor) bool {
		if sel, ok := use.Parent().Node().(*ast.SelectorExpr); ok && sel.Sel == use.Node() {
			use = use.Parent()
		}
		call, ok := use.Parent().Node().(*ast.CallExpr)
		return !ok || call.Fun != use.Node() || i >= len(call.Args) || !j.registers(call.Args[i], j.flow.Enclosing(use), owner, steps+1)
	})
}

// ownUses returns where the package uses a function, tests left out.
func (j *Judge) ownUses(f *flow.Func) []cursor {
	return slices.DeleteFunc(slices.Clone(j.usesOf()[f.Obj]), func(use cursor) bool { return j.flow.InTest(use.Node().Pos()) })
}

// longLived matches the names of values that serve many callers.
var longLived = regexp.MustCompile(`(?i)(server|hooks?|handlers?|router|mux|manager|engine|app|application|bot|registry|client|node|dispatcher|config|options|opts|plugins?|hub|cluster|db|cache|executor|collector|proxy|middlewares?)$`)

// returnsHandle reports whether a method returns more than errors and its receiver, such as a
// handle that takes the function out again after a single event.
func (j *Judge) returnsHandle(f *flow.Func) bool {
	recv := f.Obj.Signature().Recv().Type()
	for result := range f.Signature().Results().Variables() {
		if !isError(result.Type()) && !types.Identical(result.Type(), recv) {
			return true
		}
	}
	return false
}

// isReceiverless reports whether a function, or the one around a literal, has no receiver.
func (j *Judge) isReceiverless(f *flow.Func) bool {
	for f != nil && f.Owner != nil {
		f = f.Owner
	}
	return f != nil && f.Obj != nil && f.Obj.Signature().Recv() == nil
}

// givenSettings reports whether a function without a receiver gets a value from users that set
// something up: not from a method that is given it, as newReply(done) is called.
func (j *Judge) givenSettings(f *flow.Func, value ast.Expr) bool {
	root := j.root(value)
	i, isParam := j.flow.ParamIndex(root)
	if !isParam || j.flow.OwnerOf(root) != f || f.Obj == nil {
		return true
	}
	uses := j.ownUses(f)
	return (f.Obj.Exported() || len(uses) > 0) && !slices.ContainsFunc(uses, func(use cursor) bool {
		call, ok := use.Parent().Node().(*ast.CallExpr)
		if !ok || call.Fun != use.Node() || i >= len(call.Args) {
			return true
		}
		if j.isReceiverless(j.flow.Enclosing(use)) {
			return false
		}
		_, isLit := ast.Unparen(call.Args[i]).(*ast.FuncLit)
		given := j.root(call.Args[i])
		return isLit || given == nil || !j.isReceiver(given)
	})
}

// isElement reports whether a channel, field or package variable has values of a type as elements:
// each of them belongs to one caller.
func (j *Judge) isElement(owner *types.Named) bool {
	for _, obj := range j.info.Defs {
		v, ok := obj.(*types.Var)
		if !ok || elementOf(v.Type()) == nil || elementOf(v.Type()).Origin() != owner.Origin() {
			continue
		}
		if isChannel(v.Type()) || v.IsField() || j.flow.OwnerOf(v) == nil {
			return true
		}
	}
	return false
}

// elementOf returns the type of the elements of a channel, list or table, or of those that are its
// elements, nil if it has no name.
func elementOf(t types.Type) *types.Named {
	elem := t
	switch t := t.Underlying().(type) {
	case *types.Chan:
		elem = t.Elem()
	case *types.Slice:
		elem = t.Elem()
	case *types.Map:
		elem = t.Elem()
	default:
		return nil
	}
	if named := namedType(elem); named != nil {
		return named
	}
	return elementOf(elem)
}
