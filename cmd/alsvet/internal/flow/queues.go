package flow

import (
	"go/ast"
	"go/types"
	"iter"
	"regexp"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// A queue is a field or package variable that functions are stored in, for another goroutine
// to take them out and call them: a slice, a ring, a map, a list of nodes, or a container of
// package container. That it is one, and no list of handlers, shows where it is filled, as
// that wakes a goroutine, or where it is emptied, as a goroutine does that.

// queues notes the parameters that an assignment puts into a queue.
func (p *Package) queues(cur inspector.Cursor, n *ast.AssignStmt) bool {
	if p.Enclosing(cur) == nil || len(n.Lhs) != len(n.Rhs) {
		return false
	}
	changed := false
	for i, rhs := range n.Rhs {
		values, field, keyed := p.stored(n.Lhs[i], rhs)
		if field == nil {
			continue
		}
		for _, value := range values {
			changed = p.queued(cur, value, p.isEmptied(field), keyed) || changed
		}
	}
	return changed
}

// Queued returns the queue and each value that an assignment puts into a queue which a goroutine of
// the package empties.
func (p *Package) Queued(cur inspector.Cursor, n *ast.AssignStmt) iter.Seq2[ast.Expr, ast.Expr] {
	return func(yield func(queue, value ast.Expr) bool) {
		f := p.Enclosing(cur)
		if f == nil || len(p.emptied) == 0 || len(n.Lhs) != len(n.Rhs) {
			return
		}
		for i, rhs := range n.Rhs {
			values, field, _ := p.stored(n.Lhs[i], rhs)
			if field == nil || !p.isEmptied(field) || f.Obj != nil && registers.MatchString(f.Obj.Name()) {
				continue
			}
			for _, value := range values {
				if !yield(n.Lhs[i], value) {
					return
				}
			}
		}
	}
}

// queuesArgument notes the parameters that a call puts into a queue: one of package container,
// or one that the callee keeps, where the caller then wakes a goroutine.
func (p *Package) queuesArgument(cur inspector.Cursor, call *ast.CallExpr) bool {
	if p.Enclosing(cur) == nil {
		return false
	}
	if known.Is(p.Pass.TypesInfo, call, "(*container/list.List).PushBack", "(*container/list.List).PushFront", "container/heap.Push") {
		return p.queued(cur, call.Args[len(call.Args)-1], false, false)
	}
	changed := false
	for _, callee := range p.Callees(call.Fun).Funcs {
		for i, arg := range call.Args {
			if slices.Contains(callee.stores, min(i, len(callee.params)-1)) {
				changed = p.queued(cur, arg, false, false) || changed
			}
		}
	}
	return changed
}

// queued notes that the function f around cur stores a value. The queue is known to be one if a
// goroutine empties it, or f wakes one; a map, which is keyed, only if a goroutine empties it.
// Otherwise the callers of f may wake one.
func (p *Package) queued(cur inspector.Cursor, value ast.Expr, emptied, keyed bool) bool {
	f := p.Enclosing(cur)
	if f.Obj != nil && registers.MatchString(f.Obj.Name()) {
		return false // a handler is called for others, and not with the stores of the caller that registers it
	}
	if emptied || !keyed && p.wakes(f) {
		return p.elsewhere(cur, value, false)
	}
	changed := false
	for _, v := range p.carried(value, 0) {
		i, ok := p.ParamIndex(v)
		if ok && !keyed && p.OwnerOf(v) == f && canRun(v.Type()) && !slices.Contains(f.stores, i) {
			f.stores = append(f.stores, i)
			changed = true
		}
	}
	return changed
}

// registers matches the names of functions that register a handler.
var registers = regexp.MustCompile(`^((?i:add|set|append|register|subscribe|on)\w*(Listener|Handler|Hook|Observer|Subscriber|Callback|Closer|Interceptor|Trigger)s?|On[A-Z]\w*(ion|ed|ing|e|Event|Insert|Update|Start|Stop|Open|Exit|Error))$`)

// stored returns the values that an assignment of rhs to lhs stores in a field or package
// variable, which is nil if it stores none. Keyed says that they are elements of a map.
func (p *Package) stored(lhs, rhs ast.Expr) (values []ast.Expr, field *types.Var, keyed bool) {
	values = []ast.Expr{rhs}
	appended := false
	if call, ok := ast.Unparen(rhs).(*ast.CallExpr); ok {
		id, isIdent := ast.Unparen(call.Fun).(*ast.Ident)
		if appended = isIdent && id.Name == "append" && p.Pass.TypesInfo.Types[id].IsBuiltin(); !appended {
			return nil, nil, false
		}
		values = call.Args[1:]
	}
	target := ast.Unparen(lhs)
	index, isElement := target.(*ast.IndexExpr)
	if isElement {
		target = index.X
	}
	if list := p.receiverList(target); list != nil {
		return values, list, false
	}
	v := p.Assigned.Variable(target)
	if v == nil || !v.IsField() && p.OwnerOf(v) != nil {
		return nil, nil, false
	}
	switch t := v.Type().Underlying().(type) {
	case *types.Map:
		return values, v, true
	case *types.Slice, *types.Array:
		if !appended && !isElement {
			return nil, nil, false
		}
	case *types.Pointer:
		if !isNode(t) {
			return nil, nil, false
		}
	default:
		return nil, nil, false
	}
	return values, v, false
}

// receiverList returns the receiver of a method of a list, where that is assigned to, nil for others:
// *h = append(*h, f), as a heap has it.
func (p *Package) receiverList(target ast.Expr) *types.Var {
	star, ok := ast.Unparen(target).(*ast.StarExpr)
	if !ok {
		return nil
	}
	v := p.Assigned.Variable(star.X)
	if f := p.OwnerOf(v); f == nil || f.Obj == nil || f.Obj.Signature().Recv() != v {
		return nil
	}
	return v
}

// isNode reports whether a pointer is one to a struct with a pointer to another such struct,
// as a list has.
func isNode(ptr *types.Pointer) bool {
	st, ok := ptr.Elem().Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for field := range st.Fields() {
		if types.Identical(field.Type(), ptr) {
			return true
		}
	}
	return false
}

// wakes reports whether a function signals a sync.Cond, sends a signal on a channel, or starts a
// goroutine.
func (p *Package) wakes(f *Func) bool {
	for cur := range f.Cursor.Preorder((*ast.CallExpr)(nil), (*ast.GoStmt)(nil), (*ast.SendStmt)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.GoStmt:
			return true
		case *ast.CallExpr:
			if known.Is(p.Pass.TypesInfo, n, "(*sync.Cond).Signal", "(*sync.Cond).Broadcast") {
				return true
			}
		case *ast.SendStmt:
			if st, ok := p.Pass.TypesInfo.TypeOf(n.Value).Underlying().(*types.Struct); ok && st.NumFields() == 0 {
				return true
			}
		}
	}
	return false
}

// isEmptied reports whether a function that runs on a goroutine of the package takes elements
// out of a field: it makes it shorter, or deletes them.
func (p *Package) isEmptied(field *types.Var) bool {
	return p.emptied[field] && !p.staysInside(field)
}

// findEmptied finds the fields that functions on goroutines of the package take elements out of.
func (p *Package) findEmptied() {
	p.emptied = make(map[*types.Var]bool)
	for f := range p.background() {
		p.addEmptied(f, p.emptied)
	}
}

// addEmptied adds the fields that a function takes elements out of.
func (p *Package) addEmptied(f *Func, emptied map[*types.Var]bool) {
	info := p.Pass.TypesInfo
	for cur := range f.Cursor.Preorder((*ast.AssignStmt)(nil), (*ast.CallExpr)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if len(n.Lhs) != len(n.Rhs) {
					break
				}
				v := p.Assigned.Variable(lhs)
				value := ast.Unparen(n.Rhs[i])
				_, slice := value.(*ast.SliceExpr)
				lit, isLit := value.(*ast.CompositeLit)
				if v != nil && !isMap(v) && (slice || info.Types[value].IsNil() || isLit && len(lit.Elts) == 0) {
					emptied[v] = true
				}
			}
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "delete" && info.Types[id].IsBuiltin() {
				if v := p.Assigned.Variable(n.Args[0]); v != nil && p.callsElement(f, v) {
					emptied[v] = true
				}
			}
		}
	}
}

// callsElement reports whether a function calls an element of a map, or a function in one.
func (p *Package) callsElement(f *Func, m *types.Var) bool {
	isElement := func(e ast.Expr) bool {
		index, ok := ast.Unparen(e).(*ast.IndexExpr)
		return ok && p.Assigned.Variable(index.X) == m
	}
	for cur := range f.Cursor.Preorder((*ast.CallExpr)(nil)) {
		fun := ast.Unparen(cur.Node().(*ast.CallExpr).Fun)
		if sel, ok := fun.(*ast.SelectorExpr); ok {
			fun = ast.Unparen(sel.X)
		}
		if isElement(fun) {
			return true
		}
		v := p.Assigned.Variable(fun)
		if v == nil || p.OwnerOf(v) == nil {
			continue
		}
		values, _ := p.Assigned.Values(v)
		if over := p.Assigned.Ranged(v); slices.ContainsFunc(values, isElement) || over != nil && p.Assigned.Variable(over) == m {
			return true
		}
	}
	return false
}

func isMap(v *types.Var) bool {
	_, ok := v.Type().Underlying().(*types.Map)
	return ok
}

// background returns the functions that run on goroutines which the package starts.
func (p *Package) background() map[*Func]bool {
	set := make(map[*Func]bool)
	var add func(f *Func)
	add = func(f *Func) {
		if !set[f] {
			set[f] = true
			for _, callee := range f.callees {
				add(callee)
			}
		}
	}
	for cur := range p.Root.Preorder((*ast.GoStmt)(nil)) {
		for _, f := range p.Callees(cur.Node().(*ast.GoStmt).Call.Fun).Funcs {
			add(f)
		}
	}
	return set
}
