package rewrite

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
)

// A Stability knows which local variables keep the value that they were declared
// with, so that a closure may as well read them later.
type Stability struct {
	info     *types.Info
	from, to token.Pos // the declaration that was looked through
	at       token.Pos // where the closure stands
	changed  map[*types.Var]bool
	loops    map[*types.Var]*ast.ForStmt // where the variable is new in each iteration
}

// NewStability looks through the top-level declaration at pos.
func (s *Source) NewStability(pos token.Pos) *Stability {
	st := &Stability{
		info:    s.Pass.TypesInfo,
		changed: make(map[*types.Var]bool),
		loops:   make(map[*types.Var]*ast.ForStmt),
	}
	for _, decl := range s.File.Decls {
		if decl.Pos() <= pos && pos < decl.End() {
			st.from, st.to, st.at = decl.Pos(), decl.End(), pos
			st.inspect(decl, s.perIteration())
		}
	}
	return st
}

// perIteration reports whether the loops of the file have new variables in each
// iteration.
func (s *Source) perIteration() bool {
	release := s.Pass.TypesInfo.FileVersions[s.File]
	if release == "" {
		release = s.Pass.Pkg.GoVersion()
	}
	return release == "" || version.Compare(release, "go1.22") >= 0
}

func (st *Stability) inspect(decl ast.Decl, perIteration bool) {
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt:
			if init, ok := n.Init.(*ast.AssignStmt); ok && perIteration {
				for _, lhs := range init.Lhs {
					if v, ok := st.defined(lhs); ok {
						st.loops[v] = n
					}
				}
			}
		case *ast.RangeStmt:
			for _, lhs := range []ast.Expr{n.Key, n.Value} {
				st.change(lhs)
				if v, ok := st.defined(lhs); ok && !perIteration {
					st.changed[v] = true
				}
			}
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				st.change(lhs)
			}
		case *ast.IncDecStmt:
			st.change(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				st.change(n.X)
			}
		case *ast.SelectorExpr:
			if sel := st.info.Selections[n]; sel != nil && sel.Kind() == types.MethodVal && byAddress(sel) {
				st.change(n.X)
			}
		case *ast.FuncType:
			if n.Results != nil { // which return statements set
				for _, field := range n.Results.List {
					for _, name := range field.Names {
						if v, ok := st.defined(name); ok {
							st.changed[v] = true
						}
					}
				}
			}
		}
		return true
	})
}

func (st *Stability) defined(e ast.Expr) (*types.Var, bool) {
	id, ok := e.(*ast.Ident)
	if !ok {
		return nil, false
	}
	v, ok := st.info.Defs[id].(*types.Var)
	return v, ok
}

// change notes that e is assigned to, or may be through its address.
func (st *Stability) change(e ast.Expr) {
	if e == nil {
		return
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return
	}
	v, ok := st.info.Uses[id].(*types.Var)
	if !ok {
		return
	}
	if loop := st.loops[v]; loop != nil && within(id.Pos(), loop.Post) && !within(st.at, loop.Post) {
		return // by then it is the next iteration's
	}
	st.changed[v] = true
}

func within(pos token.Pos, stmt ast.Stmt) bool {
	return stmt != nil && stmt.Pos() <= pos && pos < stmt.End()
}

// byAddress reports whether selecting the method takes the address of a variable.
func byAddress(sel *types.Selection) bool {
	_, isPointer := sel.Recv().Underlying().(*types.Pointer)
	return !isPointer && pointerReceiver(sel)
}

func pointerReceiver(sel *types.Selection) bool {
	recv := sel.Obj().(*types.Func).Signature().Recv()
	_, isPointer := types.Unalias(recv.Type()).(*types.Pointer)
	return isPointer
}

// Variable reports whether the variable keeps its value. Arrays and structs, of
// which a part may change, do not.
func (st *Stability) Variable(v *types.Var) bool {
	if v.IsField() || st.changed[v] || v.Pos() < st.from || v.Pos() >= st.to {
		return false
	}
	if _, isParam := types.Unalias(v.Type()).(*types.TypeParam); isParam {
		return false
	}
	switch v.Type().Underlying().(type) {
	case *types.Struct, *types.Array:
		return false
	}
	return true
}

// Operand reports whether evaluating e later, in a closure, gives what it gives now.
func (st *Stability) Operand(e ast.Expr) bool {
	if tv := st.info.Types[e]; tv.Value != nil || tv.IsNil() || tv.IsBuiltin() || tv.IsType() {
		return true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		return true
	case *ast.Ident:
		switch obj := st.info.Uses[e].(type) {
		case *types.Func:
			return true
		case *types.Var:
			return st.Variable(obj)
		}
	case *ast.IndexExpr:
		return st.instance(e.X)
	case *ast.IndexListExpr:
		return st.instance(e.X)
	case *ast.SelectorExpr:
		sel := st.info.Selections[e]
		if sel == nil {
			_, isFunc := st.info.Uses[e.Sel].(*types.Func)
			return isFunc
		}
		return sel.Kind() == types.MethodExpr || sel.Kind() == types.MethodVal && st.receiver(e.X, sel)
	}
	return false
}

// instance reports whether e is a generic function.
func (st *Stability) instance(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		_, ok := st.info.Uses[e].(*types.Func)
		return ok
	case *ast.SelectorExpr:
		_, ok := st.info.Uses[e.Sel].(*types.Func)
		return ok
	}
	return false
}

// receiver reports whether selecting the method later binds the same receiver.
func (st *Stability) receiver(x ast.Expr, sel *types.Selection) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok || len(sel.Index()) != 1 {
		return false
	}
	v, ok := st.info.Uses[id].(*types.Var)
	if !ok {
		return false
	}
	_, isPointer := v.Type().Underlying().(*types.Pointer)
	switch {
	case byAddress(sel):
		return true // the variable's address stays
	case isPointer && !pointerReceiver(sel):
		return false // what it points to is copied
	default:
		return st.Variable(v)
	}
}
