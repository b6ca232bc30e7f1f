package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// Callees are the functions that a function value may be.
type Callees struct {
	Funcs   []*Func       // of this package
	Foreign []*types.Func // of others, without a body here
	Params  []*types.Var  // function parameters
	Unknown bool          // there may be others
	Bound   bool          // it carries a context of its own, as the result of als.Bind does
}

func (c *Callees) add(other Callees) {
	c.Funcs = append(c.Funcs, other.Funcs...)
	c.Foreign = append(c.Foreign, other.Foreign...)
	c.Params = append(c.Params, other.Params...)
	c.Unknown = c.Unknown || other.Unknown
	c.Bound = c.Bound || other.Bound
}

// Callees returns what the operand of a call, or an argument that is a function, may be.
func (p *Package) Callees(fun ast.Expr) Callees { return p.callees(fun, 0) }

const maxAliases = 4 // variables that are assigned variables

func (p *Package) callees(fun ast.Expr, depth int) Callees {
	info := p.Pass.TypesInfo
	switch fun := ast.Unparen(fun).(type) {
	case *ast.FuncLit:
		return Callees{Funcs: []*Func{p.funcs[fun]}}
	case *ast.CallExpr:
		if known.Is(info, fun, known.Binds...) && len(fun.Args) > 0 {
			c := p.callees(fun.Args[0], depth)
			c.Bound = true
			return c
		}
		if info.Types[fun.Fun].IsType() && len(fun.Args) == 1 {
			return p.callees(fun.Args[0], depth)
		}
		return p.returned(fun, depth)
	case *ast.IndexExpr, *ast.IndexListExpr:
		if fn := instance(info, fun); fn != nil {
			return p.function(fn)
		}
		return Callees{Unknown: true}
	}
	v := p.Assigned.Variable(fun)
	if v == nil {
		if fn, ok := typeutil.Callee(info, &ast.CallExpr{Fun: fun}).(*types.Func); ok {
			return p.function(fn)
		}
		return Callees{Unknown: true}
	}
	values, complete := p.Assigned.Values(v)
	c := Callees{Unknown: !complete || depth == maxAliases}
	if p.isParameter(v) {
		c = Callees{Params: []*types.Var{v}} // and what replaces it, as the next of a queue
	}
	for _, value := range values {
		if tv := info.Types[value]; !tv.IsNil() && depth < maxAliases {
			c.add(p.callees(value, depth+1))
		}
	}
	return c
}

// returned returns the functions that a call of a function of this package returns.
func (p *Package) returned(call *ast.CallExpr, depth int) Callees {
	unknown := Callees{Unknown: true}
	fn, _ := typeutil.Callee(p.Pass.TypesInfo, call).(*types.Func)
	if fn == nil || p.decls[fn.Origin()] == nil || depth == maxAliases {
		return unknown
	}
	f := p.decls[fn.Origin()]
	which := slices.IndexFunc(f.results, func(v *types.Var) bool { return IsFunc(v.Type()) })
	var c Callees
	for cur := range f.Cursor.Preorder((*ast.ReturnStmt)(nil)) {
		if p.Enclosing(cur) != f {
			continue
		}
		results := cur.Node().(*ast.ReturnStmt).Results
		if which < 0 || which >= len(results) || len(results) != len(f.results) {
			return unknown
		}
		switch e := ast.Unparen(results[which]).(type) {
		case *ast.FuncLit:
			c.Funcs = append(c.Funcs, p.funcs[e])
		default:
			if p.Pass.TypesInfo.Types[e].IsNil() {
				continue
			}
			if fn, ok := typeutil.Callee(p.Pass.TypesInfo, &ast.CallExpr{Fun: e}).(*types.Func); ok {
				c.add(p.function(fn))
				continue
			}
			return unknown
		}
	}
	if len(c.Funcs)+len(c.Foreign) == 0 {
		return unknown
	}
	return c
}

func instance(info *types.Info, e ast.Expr) *types.Func {
	fn, _ := typeutil.Callee(info, &ast.CallExpr{Fun: e}).(*types.Func)
	return fn
}

func (p *Package) function(fn *types.Func) Callees {
	fn = fn.Origin()
	if f := p.decls[fn]; f != nil {
		return Callees{Funcs: []*Func{f}}
	}
	if isInterfaceMethod(fn) {
		if impls := p.implementations(fn); len(impls) > 0 {
			return Callees{Funcs: impls}
		}
	}
	return Callees{Foreign: []*types.Func{fn}}
}

func isInterfaceMethod(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

// implementations returns the methods of this package behind that of an interface of this
// package which only they implement: it is unexported, or has an unexported method.
func (p *Package) implementations(fn *types.Func) []*Func {
	p.mu.Lock()
	defer p.mu.Unlock()
	if impls, done := p.impls[fn]; done {
		return impls
	}
	var impls []*Func
	named, _ := types.Unalias(fn.Signature().Recv().Type()).(*types.Named)
	if named != nil && fn.Pkg() == p.Pass.Pkg && isSealed(named) && named.TypeParams().Len() == 0 {
		iface, _ := named.Underlying().(*types.Interface)
		for tn := range p.typeNames {
			if types.IsInterface(tn.Type()) {
				continue
			}
			if ptr := types.NewPointer(tn.Type()); iface != nil && types.Implements(ptr, iface) {
				obj, _, _ := types.LookupFieldOrMethod(ptr, true, fn.Pkg(), fn.Name())
				m, _ := obj.(*types.Func)
				if m == nil || p.decls[m.Origin()] == nil {
					impls = nil // promoted from elsewhere
					break
				}
				impls = append(impls, p.decls[m.Origin()])
			}
		}
	}
	p.impls[fn] = impls
	return impls
}

// isSealed reports whether only the package of an interface can implement it.
func isSealed(named *types.Named) bool {
	iface, ok := named.Underlying().(*types.Interface)
	if !ok || !named.Obj().Exported() {
		return ok
	}
	for m := range iface.Methods() {
		if !m.Exported() {
			return true
		}
	}
	return false
}

// typeNames yields the types that the package declares outside of functions and tests.
func (p *Package) typeNames(yield func(*types.TypeName) bool) {
	scope := p.Pass.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if ok && !tn.IsAlias() && !p.InTest(tn.Pos()) && !yield(tn) {
			return
		}
	}
}

// Interfaces returns the methods of unexported interfaces of the package that an exported
// method of an unexported type is behind. It returns nil if the type is exported, or if it
// is behind an exported interface of the package, too.
func (p *Package) Interfaces(f *Func) []*types.Func {
	recv := f.Obj.Signature().Recv()
	if recv == nil {
		return nil
	}
	t := recv.Type()
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		t = ptr.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Exported() {
		return nil
	}
	var methods []*types.Func
	for tn := range p.typeNames {
		iface, ok := tn.Type().Underlying().(*types.Interface)
		if !ok || !types.Implements(recv.Type(), iface) {
			continue
		}
		for m := range iface.Methods() {
			if m.Name() == f.Obj.Name() {
				if tn.Exported() {
					return nil
				}
				methods = append(methods, m)
			}
		}
	}
	return methods
}

// InTest reports whether a position is in a file of a test. What tests put behind an
// interface says nothing about the program.
func (p *Package) InTest(pos token.Pos) bool {
	return strings.HasSuffix(p.Pass.Fset.File(pos).Name(), "_test.go")
}

// findValues finds the functions that are used as values.
func (p *Package) findValues() {
	p.values = make(map[*types.Func]bool)
	for cur := range p.Root.Preorder((*ast.Ident)(nil)) {
		fn, ok := p.Pass.TypesInfo.Uses[cur.Node().(*ast.Ident)].(*types.Func)
		if !ok || fn.Pkg() != p.Pass.Pkg || p.InTest(cur.Node().Pos()) {
			continue
		}
		if sel, ok := cur.Parent().Node().(*ast.SelectorExpr); ok && sel.Sel == cur.Node() {
			cur = cur.Parent()
		}
		switch cur.Parent().Node().(type) {
		case *ast.IndexExpr, *ast.IndexListExpr: // an instance
			cur = cur.Parent()
		}
		if call, ok := cur.Parent().Node().(*ast.CallExpr); !ok || call.Fun != cur.Node() {
			p.values[fn.Origin()] = true
		}
	}
}

// isParameter reports whether v is a parameter of a function of this package.
func (p *Package) isParameter(v *types.Var) bool {
	_, ok := p.ParamIndex(v)
	return ok
}

// ParamIndex returns which parameter of its function a variable is.
func (p *Package) ParamIndex(v *types.Var) (int, bool) {
	f := p.OwnerOf(v)
	if f == nil {
		return 0, false
	}
	for i, param := range f.params {
		if param == v {
			return i, true
		}
	}
	return 0, false
}

// OwnerOf returns the innermost function that declares a variable, nil for those of
// the package and fields.
func (p *Package) OwnerOf(v *types.Var) *Func {
	if v == nil || v.IsField() || v.Pkg() != p.Pass.Pkg || !v.Pos().IsValid() {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if f, done := p.owners[v]; done {
		return f
	}
	var owner *Func
	if cur, ok := p.Root.FindByPos(v.Pos(), v.Pos()); ok {
		for up := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
			owner = p.funcs[up.Node()]
			break
		}
	}
	p.owners[v] = owner
	return owner
}
