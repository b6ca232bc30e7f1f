package flow

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/schedulers"
)

// scan notes what a function does by itself: the calls in its body without those of
// the literals in it, which are functions of their own.
func (p *Package) scan(f *Func) {
	body := f.Body()
	if body == nil {
		return
	}
	cur, ok := f.Cursor.FindNode(body)
	if !ok {
		return
	}
	nodes := []ast.Node{(*ast.CallExpr)(nil), (*ast.FuncLit)(nil)}
	cur.Inspect(nodes, func(c inspector.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			f.callees = append(f.callees, p.funcs[n]) // it may be called
			return false
		case *ast.CallExpr:
			p.scanCall(f, n, p.inLoop(c)) // also that of a go statement, which needs the stores, too
		}
		return true
	})
}

// startedBy reports whether a literal is only the function of a go statement.
func (p *Package) startedBy(lit inspector.Cursor) bool {
	call, ok := lit.Parent().Node().(*ast.CallExpr)
	if !ok || ast.Unparen(call.Fun) != lit.Node() {
		return false
	}
	_, isGo := lit.Parent().Parent().Node().(*ast.GoStmt)
	return isGo
}

// inLoop reports whether a call is in a loop without an end of its function: what it
// calls there, it calls for others.
func (p *Package) inLoop(call inspector.Cursor) bool {
	for up := range call.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch up.Node().(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return false
		}
		if p.goesOn(up.Node()) {
			return true
		}
	}
	return false
}

// goesOn reports whether a node is a loop without an end.
func (p *Package) goesOn(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ForStmt:
		return n.Cond == nil
	case *ast.RangeStmt:
		return isChan(p.Pass.TypesInfo.TypeOf(n.X))
	}
	return false
}

func (p *Package) scanCall(f *Func, call *ast.CallExpr, loop bool) {
	info := p.Pass.TypesInfo
	tv := info.Types[call.Fun]
	if tv.IsType() || tv.IsBuiltin() {
		return
	}
	if IsCancel(tv.Type) {
		return
	}
	c := p.Callees(call.Fun)
	if c.Unknown && !p.IsOption(p.Assigned.Variable(call.Fun)) && !computes(tv.Type) {
		f.reads = max(f.reads, Could)
	}
	for _, v := range c.Params {
		p.noteParamCall(f, v, loop)
	}
	if v := p.Assigned.Variable(call.Fun); len(c.Params) > 0 && v != nil && v.IsField() && !settingName.MatchString(v.Name()) {
		f.reads = max(f.reads, Could) // another function was given it to keep
	}
	for _, fn := range c.Foreign {
		f.reads = max(f.reads, p.foreignReads(fn))
	}
	f.callees = append(f.callees, c.Funcs...)
	p.scanArguments(f, call, c, loop)
}

// IsOption reports whether a function is one of the options that its caller is given:
// for _, opt := range opts { opt(&config) }.
func (p *Package) IsOption(v *types.Var) bool {
	if v == nil {
		return false
	}
	sig, ok := v.Type().Underlying().(*types.Signature)
	over := p.Assigned.Ranged(v)
	if !ok || over == nil || sig.Params().Len() != 1 || sig.Results().Len() > 1 {
		return false
	}
	if _, pointer := sig.Params().At(0).Type().Underlying().(*types.Pointer); !pointer {
		return false
	}
	list := p.Assigned.Variable(over)
	i, isParam := p.ParamIndex(list)
	if !isParam {
		return false
	}
	owner := p.OwnerOf(list)
	return owner.Obj != nil && owner.Obj.Signature().Variadic() && i == owner.Obj.Signature().Params().Len()-1
}

// computes reports whether a function turns texts and numbers into one text or number, as one
// that forms the key of a cache entry does. Such a function has no context and reads no store in
// any sensible program. One without a parameter may: it may return the ID of the request.
func computes(t types.Type) bool {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() == 0 || sig.Results().Len() != 1 {
		return false
	}
	for param := range sig.Params().Variables() {
		if !isPlain(param.Type()) {
			return false
		}
	}
	return isPlain(sig.Results().At(0).Type())
}

func isPlain(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&(types.IsNumeric|types.IsString) != 0
}

// settingName matches the names of functions in fields that read no store in any sensible program.
var settingName = regexp.MustCompile(`(?i)^(now|time|clock|since|rand|log|debug|info|warn|print|trace|sleep|after|less|equal|compare|cmp|hash|size|len|close|cancel)|cancel$`)

// scanArguments notes the functions that a call is given. A function of this package is
// looked at for what it does with them, one of another package may call them.
func (p *Package) scanArguments(f *Func, call *ast.CallExpr, c Callees, loop bool) {
	for i, arg := range call.Args {
		t := p.Pass.TypesInfo.TypeOf(arg)
		if t == nil {
			continue
		}
		if !IsFunc(t) || IsCancel(t) {
			continue
		}
		if _, isLit := ast.Unparen(arg).(*ast.FuncLit); isLit {
			continue // noted with the function that it stands in
		}
		for _, callee := range c.Funcs {
			f.passed = append(f.passed, pass{callee, i, arg, loop})
		}
		if len(c.Foreign) > 0 {
			p.noteValue(f, arg, loop)
		}
	}
}

// calls reports whether a function without a body here calls its i-th parameter.
func (p *Package) calls(fn *types.Func, i int) bool {
	if p.isALS(fn) {
		return true
	}
	if fn.Pkg() != nil && IsStandard(fn.Pkg().Path()) {
		_, listed := schedulers.Known[known.Name(fn)]
		return !listed
	}
	return slices.Contains(p.FactOf(fn).Calls, i)
}

// noteValue notes that f calls a function value.
func (p *Package) noteValue(f *Func, fun ast.Expr, loop bool) bool {
	c := p.Callees(fun)
	changed := false
	for _, v := range c.Params {
		changed = p.noteParamCall(f, v, loop) || changed
	}
	for _, callee := range c.Funcs {
		if !slices.Contains(f.callees, callee) {
			f.callees = append(f.callees, callee)
			changed = true
		}
	}
	reads := Never
	if c.Unknown && !computes(p.Pass.TypesInfo.TypeOf(fun)) {
		reads = Could
	}
	for _, fn := range c.Foreign {
		reads = max(reads, p.foreignReads(fn))
	}
	if reads > f.reads {
		f.reads, changed = reads, true
	}
	return changed
}

// noteParamCall notes that a function parameter is called, by the function that has it
// or by a literal in that.
func (p *Package) noteParamCall(f *Func, v *types.Var, loop bool) bool {
	if IsCancel(v.Type()) {
		return false
	}
	owner := p.OwnerOf(v)
	i, _ := p.ParamIndex(v)
	if owner == nil {
		return false
	}
	if owner != f && !p.RunsWithin(f, owner) {
		if !slices.Contains(f.outer, v) {
			f.outer = append(f.outer, v) // on another goroutine: see elsewhere.go
		}
		return false
	}
	if slices.Contains(owner.Fact.Calls, i) {
		return false
	}
	owner.Fact.Calls = append(owner.Fact.Calls, i)
	if loop {
		owner.looped = append(owner.looped, i)
	}
	return true
}

// RunsWithin reports whether the literal f runs on the goroutine of the outer function.
func (p *Package) RunsWithin(f, outer *Func) bool {
	for ; f != nil && f != outer; f = f.Owner {
		if p.startedBy(f.Cursor) {
			return false
		}
	}
	return f == outer
}

// propagateReads makes callers read what their callees read, until nothing changes.
func (p *Package) propagateReads() {
	for _, f := range p.order {
		f.Fact.Reads = max(f.Fact.Reads, f.reads)
	}
	for changed := true; changed; {
		changed = false
		for _, f := range p.order {
			for _, arg := range f.passed {
				i := min(arg.index, len(arg.callee.params)-1)
				loop := arg.loop || slices.Contains(arg.callee.looped, i)
				if (slices.Contains(arg.callee.Fact.Calls, i) || arg.callee.runs(i) != nil) && p.noteValue(f, arg.arg, loop) {
					f.Fact.Reads = max(f.Fact.Reads, f.reads)
					changed = true
				}
			}
			for _, callee := range f.callees {
				if callee.Fact.Reads > f.Fact.Reads {
					f.Fact.Reads, changed = callee.Fact.Reads, true
				}
			}
		}
	}
}

// GoroutineReads returns how the goroutine of a go statement reads a store. A parameter that
// it calls counts unless it is reported at the callers, see CouldRead.
func (p *Package) GoroutineReads(call *ast.CallExpr) Reading {
	if tv := p.Pass.TypesInfo.Types[call.Fun]; tv.IsBuiltin() {
		return Never
	}
	reads := p.Reads(call.Fun, call.Args)
	if reads > Logs {
		return reads
	}
	c := p.Callees(call.Fun)
	for _, arg := range call.Args {
		if IsFunc(p.Pass.TypesInfo.TypeOf(arg)) {
			c.Params = append(c.Params, p.Callees(arg).Params...)
		}
	}
	for _, f := range c.Funcs {
		for cur := range f.Cursor.Preorder((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
			c.Params = append(c.Params, p.funcs[cur.Node()].outer...)
		}
	}
	for _, v := range c.Params {
		owner := p.OwnerOf(v)
		i, ok := p.ParamIndex(v)
		if ok && !IsCancel(v.Type()) && owner.runs(i) == nil && p.funcs[owner.Node] != nil && !p.Within(c.Funcs, owner) {
			return Could
		}
	}
	return reads
}

// Within reports whether f is one of the functions, or a literal in one.
func (p *Package) Within(funcs []*Func, f *Func) bool {
	for ; f != nil; f = f.Owner {
		if slices.Contains(funcs, f) {
			return true
		}
	}
	return false
}

// CouldRead reports whether calling a function value with these arguments reads a store
// or could. Parameters of the function around do not count: findings about those are
// at its callers.
func (p *Package) CouldRead(fun ast.Expr, args []ast.Expr) bool { return p.Reads(fun, args) > Never }

// Reads is CouldRead with the answer in full.
func (p *Package) Reads(fun ast.Expr, args []ast.Expr) Reading {
	if IsCancel(p.Pass.TypesInfo.TypeOf(fun)) {
		return Never
	}
	c := p.Callees(fun)
	result := Never
	if c.Unknown && !computes(p.Pass.TypesInfo.TypeOf(fun)) {
		result = Could
	}
	argument := func(arg ast.Expr) {
		if IsFunc(p.Pass.TypesInfo.TypeOf(arg)) {
			result = max(result, p.Reads(arg, nil))
		}
	}
	for _, fn := range c.Foreign {
		result = max(result, p.foreignReads(fn))
		for i, arg := range args {
			if p.calls(fn, i) {
				argument(arg)
			}
		}
	}
	for _, f := range c.Funcs {
		result = max(result, f.Fact.Reads)
		for i, arg := range args {
			if slices.Contains(f.Fact.Calls, min(i, len(f.params)-1)) {
				argument(arg)
			}
		}
	}
	return result
}

// IsFunc reports whether a type is that of functions, also if it is a type parameter such as
// F ~func().
func IsFunc(t types.Type) bool {
	if t == nil {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Signature:
		return true
	case *types.Union:
		for term := range u.Terms() {
			if !IsFunc(term.Type()) {
				return false
			}
		}
		return true
	case *types.Interface:
		return u.NumEmbeddeds() == 1 && IsFunc(u.EmbeddedType(0))
	}
	return false
}
