package flow

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/schedulers"
)

// asyncNames are methods of interfaces that run a function elsewhere, as their names say.
var asyncNames = map[string]bool{
	"Go": true, "TryGo": true, "GoCtx": true, "CtxGo": true, "SafeGo": true, "GoSafe": true, "Spawn": true,
	"Submit": true, "TrySubmit": true, "Schedule": true, "Enqueue": true, "Dispatch": true, "Async": true, "RunAsync": true,
}

// Runs says how a call runs one of its arguments.
type Runs struct {
	Elsewhere bool
	Starts    bool   // the call starts a goroutine for it
	Name      string // of the function that is called
	Listed    bool   // it is on the list of schedulers
}

// Runs reports whether a call runs its i-th argument on another goroutine.
func (p *Package) Runs(call *ast.CallExpr, i int) Runs {
	if starts, listed := schedulers.Known[known.FullName(p.Pass.TypesInfo, call)]; listed {
		if i > 0 && known.Is(p.Pass.TypesInfo, call, "(*github.com/oklog/run.Group).Add") {
			return Runs{} // Run calls the interrupt functions itself
		}
		return Runs{Elsewhere: true, Starts: starts, Name: known.FullName(p.Pass.TypesInfo, call), Listed: true}
	}
	if tv := p.Pass.TypesInfo.Types[call.Fun]; tv.IsType() || tv.IsBuiltin() {
		return Runs{}
	}
	c := p.Callees(call.Fun)
	for _, f := range c.Funcs {
		if param := f.runs(i); param != nil && (f.Obj == nil || !registers.MatchString(f.Obj.Name())) {
			return Runs{Elsewhere: true, Starts: param.Starts, Name: Text(call.Fun)}
		}
	}
	if v := p.Assigned.Variable(call.Fun); v != nil && (c.Unknown || len(c.Params) > 0) && isExecutor(v, i) {
		return Runs{Elsewhere: true, Name: Text(call.Fun)}
	}
	for _, fn := range c.Foreign {
		name := known.Name(fn)
		if starts, listed := schedulers.Known[name]; listed { // through a variable
			return Runs{Elsewhere: true, Starts: starts, Name: name, Listed: true}
		}
		if p.isALS(fn) || registers.MatchString(fn.Name()) {
			continue // a handler is called for others
		}
		if isInterfaceMethod(fn) && (asyncNames[fn.Name()] || strings.HasSuffix(fn.Name(), "Async")) && !(fn.Pkg() != nil && IsStandard(fn.Pkg().Path())) {
			return Runs{Elsewhere: true, Starts: fn.Name() == "Go" || fn.Name() == "TryGo", Name: Text(call.Fun)}
		}
		for _, param := range p.FactOf(fn).Elsewhere {
			if param.Index == i || i > param.Index && fn.Signature().Variadic() && param.Index == fn.Signature().Params().Len()-1 {
				return Runs{Elsewhere: true, Starts: param.Starts, Name: Text(call.Fun)}
			}
		}
		if param := p.implementedElsewhere(call, fn, i); param != nil {
			return Runs{Elsewhere: true, Starts: param.Starts, Name: Text(call.Fun)}
		}
	}
	return Runs{}
}

// executorName matches the names of functions in variables and fields, and of their types, that run a
// function elsewhere.
var executorName = regexp.MustCompile(`(?i)(exec|executor|spawn|spawner|submit|scheduler?|dispatch|dispatcher|async|asyncrun|runasync|goroutine|gofunc|gofn|safego|gosafe|runinbackground|startgoroutine)$|^go$`)

// isExecutor reports whether the function in a variable or field runs its i-th parameter elsewhere, as
// its name or that of its type says: it is given a function without parameters, and returns no more
// than an error.
func isExecutor(v *types.Var, i int) bool {
	sig, ok := v.Type().Underlying().(*types.Signature)
	if !ok || i >= sig.Params().Len() || sig.Results().Len() > 1 || sig.Results().Len() == 1 && !isError(sig.Results().At(0).Type()) {
		return false
	}
	task, ok := sig.Params().At(i).Type().Underlying().(*types.Signature)
	if !ok || task.Params().Len() > 0 {
		return false
	}
	named, _ := types.Unalias(v.Type()).(*types.Named)
	return executorName.MatchString(v.Name()) || named != nil && executorName.MatchString(named.Obj().Name())
}

// implementedElsewhere returns how a method of this package runs its i-th parameter that is behind the
// method of an interface of this package, nil if none does.
func (p *Package) implementedElsewhere(call *ast.CallExpr, fn *types.Func, i int) *Param {
	if fn.Pkg() != p.Pass.Pkg || !isInterfaceMethod(fn) || !IsFunc(p.Pass.TypesInfo.TypeOf(call.Args[i])) {
		return nil
	}
	iface, ok := fn.Signature().Recv().Type().Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	for tn := range p.typeNames {
		ptr := types.NewPointer(tn.Type())
		if types.IsInterface(tn.Type()) || !types.Implements(ptr, iface) {
			continue
		}
		obj, _, _ := types.LookupFieldOrMethod(ptr, true, fn.Pkg(), fn.Name())
		if m, ok := obj.(*types.Func); ok && p.decls[m.Origin()] != nil {
			if param := p.decls[m.Origin()].runs(i); param != nil {
				return param
			}
		}
	}
	return nil
}

func (f *Func) runs(i int) *Param {
	for j := range f.Fact.Elsewhere {
		if param := &f.Fact.Elsewhere[j]; param.Index == min(i, len(f.params)-1) {
			return param
		}
	}
	return nil
}

// findElsewhere finds the parameters that run on another goroutine, until nothing
// changes: a function that hands its parameter to such a function is one.
func (p *Package) findElsewhere() {
	p.findEmptied()
	for changed := true; changed; {
		changed = false
		for cur := range p.Root.Preorder((*ast.GoStmt)(nil), (*ast.SendStmt)(nil), (*ast.CallExpr)(nil), (*ast.AssignStmt)(nil)) {
			switch n := cur.Node().(type) {
			case *ast.GoStmt:
				changed = p.startsParams(cur, n.Call) || changed
			case *ast.SendStmt:
				changed = p.elsewhere(cur, n.Value, false) || changed
			case *ast.AssignStmt:
				changed = p.queues(cur, n) || changed
			case *ast.CallExpr:
				for i, arg := range n.Args {
					if runs := p.Runs(n, i); runs.Elsewhere {
						changed = p.elsewhere(cur, arg, runs.Starts) || changed
					}
				}
				changed = p.queuesArgument(cur, n) || changed
			}
		}
	}
}

// startsParams notes the parameters that the goroutine of a go statement calls.
func (p *Package) startsParams(cur inspector.Cursor, call *ast.CallExpr) bool {
	given := func(owner *Func) bool { return !p.inLoopOf(cur, owner) }
	changed := p.runsElsewhere(cur, call.Fun, true, given)
	for _, f := range p.Callees(call.Fun).Funcs {
		for i, arg := range call.Args {
			if param := min(i, len(f.params)-1); slices.Contains(f.Fact.Calls, param) && !slices.Contains(f.looped, param) {
				changed = p.runsElsewhere(cur, arg, true, given) || changed
			}
		}
	}
	return changed
}

// inLoopOf reports whether a go statement is in a loop without an end of the function, or of a
// literal in that: what it starts there is a handler, given once and called for others.
func (p *Package) inLoopOf(cur inspector.Cursor, f *Func) bool {
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		if up.Node() == f.Node {
			return false
		}
		if p.goesOn(up.Node()) {
			return true
		}
	}
	return false
}

// elsewhere notes that a value runs on another goroutine, which cur causes: for a parameter, what
// holds one, and a literal that calls one, so does what callers give for it.
func (p *Package) elsewhere(cur inspector.Cursor, value ast.Expr, starts bool) bool {
	return p.runsElsewhere(cur, value, starts, func(*Func) bool { return true })
}

// runsElsewhere is elsewhere for the parameters of those functions for which given is true.
func (p *Package) runsElsewhere(cur inspector.Cursor, value ast.Expr, starts bool, given func(owner *Func) bool) bool {
	changed := false
	for _, v := range p.carried(value, 0) {
		owner := p.OwnerOf(v)
		i, ok := p.ParamIndex(v)
		if !ok || !canRun(v.Type()) || owner.runs(i) != nil || !p.callersKnown(owner) || !given(owner) || p.RunsLater(p.Enclosing(cur), owner) {
			continue
		}
		owner.Fact.Elsewhere = append(owner.Fact.Elsewhere, Param{Index: i, Starts: starts})
		slices.SortFunc(owner.Fact.Elsewhere, func(a, b Param) int { return cmp.Compare(a.Index, b.Index) })
		changed = true
	}
	return changed
}

// StartsOf returns the go statements of a function that run its i-th parameter. It returns nil if
// the function hands the parameter over in another way, too.
func (p *Package) StartsOf(f *Func, i int) (starts []inspector.Cursor) {
	param := f.Param(i)
	carries := func(values ...ast.Expr) bool {
		return slices.ContainsFunc(values, func(value ast.Expr) bool { return slices.Contains(p.carried(value, 0), param) })
	}
	for cur := range f.Cursor.Preorder((*ast.GoStmt)(nil), (*ast.SendStmt)(nil), (*ast.CallExpr)(nil), (*ast.AssignStmt)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.GoStmt:
			if carries(append(n.Call.Args, n.Call.Fun)...) {
				starts = append(starts, cur)
			}
		case *ast.SendStmt:
			if carries(n.Value) {
				return nil
			}
		case *ast.CallExpr:
			for arg := range n.Args {
				if p.Runs(n, arg).Elsewhere && carries(n.Args[arg]) {
					return nil
				}
			}
		case *ast.AssignStmt:
			for j, rhs := range n.Rhs {
				if len(n.Lhs) == len(n.Rhs) {
					if values, field, _ := p.stored(n.Lhs[j], rhs); field != nil && carries(values...) {
						return nil
					}
				}
			}
		}
	}
	return starts
}

// callersKnown reports whether findings can be reported at the callers of a function: it
// has a name, or is a literal in a variable. Nothing shows which functions call an unexported
// function that is used as a value.
func (p *Package) callersKnown(f *Func) bool {
	if f.Obj != nil {
		return f.Obj.Exported() || !p.values[f.Obj]
	}
	switch n := f.Cursor.Parent().Node().(type) {
	case *ast.AssignStmt:
		return len(n.Lhs) == len(n.Rhs)
	case *ast.ValueSpec:
		return true
	case *ast.KeyValueExpr: // an unexported field, which only this package calls
		field := p.Assigned.Variable(n.Key)
		return field != nil && field.IsField() && !field.Exported() && field.Pkg() == p.Pass.Pkg
	}
	return false
}

// CarriesParam reports whether what runs in value is only given by the callers of the
// function around it, so that the finding belongs to them.
func (p *Package) CarriesParam(value ast.Expr) bool {
	for _, v := range p.carried(value, 0) {
		if owner := p.OwnerOf(v); owner != nil && canRun(v.Type()) {
			if i, ok := p.ParamIndex(v); ok && owner.runs(i) != nil {
				return true
			}
		}
	}
	return false
}

// canRun reports whether a value of the type is a function, a slice of functions or a
// struct that has one, or could be, for a type parameter.
func canRun(t types.Type) bool {
	if IsCancel(t) {
		return false
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok || IsFunc(t) {
		return true
	}
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return IsFunc(u.Elem())
	case *types.Struct:
		for field := range u.Fields() {
			if IsFunc(field.Type()) {
				return true
			}
		}
	}
	return false
}

// carried returns the parameters whose functions run with value.
func (p *Package) carried(value ast.Expr, depth int) []*types.Var {
	if depth > maxAliases {
		return nil
	}
	switch e := ast.Unparen(value).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return p.carried(e.X, depth+1)
		}
	case *ast.CompositeLit:
		var vars []*types.Var
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			if t := p.Pass.TypesInfo.TypeOf(elt); t != nil && canRun(t) {
				vars = append(vars, p.carried(elt, depth+1)...)
			}
		}
		return vars
	case *ast.FuncLit:
		return p.calledParams(e, depth+1)
	case *ast.CallExpr:
		if p.Pass.TypesInfo.Types[e.Fun].IsType() && len(e.Args) == 1 {
			return p.carried(e.Args[0], depth+1)
		}
		var vars []*types.Var
		for _, arg := range p.Kept(e) {
			vars = append(vars, p.carried(arg, depth+1)...)
		}
		return vars
	case *ast.Ident:
		v, _ := p.Pass.TypesInfo.ObjectOf(e).(*types.Var)
		if v == nil {
			return nil
		}
		if p.isParameter(v) {
			return []*types.Var{v}
		}
		if over := p.Assigned.ranges[v]; over != nil {
			return p.carried(over, depth+1)
		}
		if p.OwnerOf(v) == nil {
			return nil
		}
		vars := p.carriedBy(v, depth)
		for _, value := range p.Fields(v) {
			vars = append(vars, p.carried(value, depth+1)...)
		}
		return vars
	case *ast.SelectorExpr:
		if IsFunc(p.Pass.TypesInfo.TypeOf(e)) && p.Pass.TypesInfo.Selections[e] != nil &&
			p.Pass.TypesInfo.Selections[e].Kind() == types.FieldVal {
			if v := p.Assigned.Variable(e.X); v != nil && !p.isParameter(v) && p.Assigned.ranges[v] == nil && p.OwnerOf(v) != nil {
				return p.carriedBy(v, depth+1) // what other fields are assigned does not run with this one
			}
			return p.carried(e.X, depth+1) // a function of a parameter's struct
		}
	}
	return nil
}

// carriedBy returns the parameters whose functions run with a value of a local variable.
func (p *Package) carriedBy(v *types.Var, depth int) (vars []*types.Var) {
	values, _ := p.Assigned.Values(v)
	for _, value := range values {
		vars = append(vars, p.carried(value, depth+1)...)
	}
	return vars
}

// calledParams returns the parameters of functions around a literal that it calls, but
// for calls in loops: those are handlers, which are given once and called for others.
func (p *Package) calledParams(lit *ast.FuncLit, depth int) []*types.Var {
	var vars []*types.Var
	f := p.funcs[lit]
	note := func(fun ast.Expr) {
		for _, v := range p.carried(fun, depth) {
			if owner := p.OwnerOf(v); owner != nil && owner != f {
				vars = append(vars, v)
			}
		}
	}
	f.Cursor.Inspect([]ast.Node{(*ast.CallExpr)(nil), (*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.GoStmt)(nil)},
		func(cur inspector.Cursor) bool {
			switch n := cur.Node().(type) {
			case *ast.GoStmt:
				return false
			case *ast.ForStmt:
				return n.Cond != nil
			case *ast.RangeStmt:
				return !isChan(p.Pass.TypesInfo.TypeOf(n.X))
			case *ast.CallExpr:
				if _, isLit := ast.Unparen(n.Fun).(*ast.FuncLit); !isLit {
					note(n.Fun)
				}
				for _, callee := range p.Callees(n.Fun).Funcs {
					for i, arg := range n.Args {
						if slices.Contains(callee.Fact.Calls, min(i, len(callee.params)-1)) {
							note(arg)
						}
					}
				}
			}
			return true
		})
	return vars
}

func isChan(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Chan)
	return ok
}
