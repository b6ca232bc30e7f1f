package flow

import (
	"go/ast"
	"regexp"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// RunsLater reports whether the function f, which is owner or a literal in that, runs when owner has
// returned: owner returns it, keeps it in a field or a package variable, or registers it, or such a
// literal calls it by a variable. It works for the callers of that literal. The parameters of owner
// were given by another caller, which may have had other stores.
func (p *Package) RunsLater(f, owner *Func) bool { return p.runsLater(f, owner, 0) }

func (p *Package) runsLater(f, owner *Func, depth int) bool {
	if depth > maxAliases {
		return false
	}
	for ; f != nil && f != owner; f = f.Owner {
		if p.keeps(f.Cursor, owner, depth) {
			return true
		}
	}
	return false
}

// CallbackReads returns how a function value that runs elsewhere because of cur reads a store. A
// parameter of a function that has returned by then counts: it is not reported at the callers.
func (p *Package) CallbackReads(cur inspector.Cursor, fun ast.Expr) Reading {
	f := p.Enclosing(cur)
	for _, v := range p.carried(fun, 0) {
		if owner := p.OwnerOf(v); canRun(v.Type()) && f != owner && p.RunsLater(f, owner) {
			return Could
		}
	}
	return p.Reads(fun, nil)
}

// keeps reports whether a value is returned, kept or registered where it stands. Of a struct the
// variable counts that it goes to.
func (p *Package) keeps(value inspector.Cursor, owner *Func, depth int) bool {
	at, isExpr := value.Node().(ast.Expr)
	if !isExpr {
		return false
	}
	switch n := value.Parent().Node().(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.ParenExpr, *ast.CompositeLit, *ast.UnaryExpr:
		return p.keeps(value.Parent(), owner, depth)
	case *ast.KeyValueExpr:
		return n.Value == at && p.keeps(value.Parent().Parent(), owner, depth)
	case *ast.CallExpr:
		if tv := p.Pass.TypesInfo.Types[n.Fun]; tv.IsType() || tv.IsBuiltin() {
			return p.keeps(value.Parent(), owner, depth)
		}
		return n.Fun != at && p.registersArgument(n)
	case *ast.AssignStmt:
		i := slices.Index(n.Rhs, at)
		return i >= 0 && len(n.Lhs) == len(n.Rhs) && p.keepsIn(n.Lhs[i], owner, depth)
	case *ast.ValueSpec:
		i := slices.Index(n.Values, at)
		return i >= 0 && len(n.Names) == len(n.Values) && p.keepsIn(n.Names[i], owner, depth)
	}
	return false
}

// keepsIn is keeps for what is assigned to a variable, a field or an element.
func (p *Package) keepsIn(target ast.Expr, owner *Func, depth int) bool {
	if index, ok := ast.Unparen(target).(*ast.IndexExpr); ok {
		target = index.X
	}
	v := p.Assigned.Variable(target)
	if v == nil || depth > maxAliases {
		return false
	}
	if in := p.OwnerOf(v); in == nil || in.IsResult(v) {
		return true
	}
	for use := range owner.Cursor.Preorder((*ast.Ident)(nil)) {
		if p.Pass.TypesInfo.Uses[use.Node().(*ast.Ident)] != v {
			continue
		}
		call, ok := use.Parent().Node().(*ast.CallExpr)
		if ok && call.Fun == use.Node() && p.runsLater(p.Enclosing(use), owner, depth+1) || p.keeps(use, owner, depth+1) {
			return true
		}
	}
	return false
}

// IsKept reports whether a literal, or the variable that it is assigned to, is given to a function of the
// package that keeps it in a field: others than the caller of the function around it may call it then.
func (p *Package) IsKept(lit *Func) bool {
	if lit.Owner == nil {
		return false
	}
	uses := []inspector.Cursor{lit.Cursor}
	if assign, ok := lit.Cursor.Parent().Node().(*ast.AssignStmt); ok && len(assign.Lhs) == 1 {
		v := p.Assigned.Variable(assign.Lhs[0])
		for use := range lit.Owner.Cursor.Preorder((*ast.Ident)(nil)) {
			if v != nil && p.Pass.TypesInfo.Uses[use.Node().(*ast.Ident)] == v {
				uses = append(uses, use)
			}
		}
	}
	return slices.ContainsFunc(uses, p.keepsArgument)
}

// keepsArgument reports whether a value is an argument that a function of the package keeps in a field.
func (p *Package) keepsArgument(value inspector.Cursor) bool {
	call, ok := value.Parent().Node().(*ast.CallExpr)
	if !ok {
		return false
	}
	i := slices.Index(call.Args, value.Node().(ast.Expr))
	if i < 0 {
		return false
	}
	for _, f := range p.Callees(call.Fun).Funcs {
		for use := range f.Cursor.Preorder((*ast.Ident)(nil)) {
			_, isReturned := use.Parent().Node().(*ast.ReturnStmt)
			if v := p.Pass.TypesInfo.Uses[use.Node().(*ast.Ident)]; v != nil && v == f.Param(i) && !isReturned && p.keeps(use, f, 0) {
				return true
			}
		}
	}
	return false
}

// registersArgument reports whether a call registers a function that it is given, as its name says.
func (p *Package) registersArgument(call *ast.CallExpr) bool {
	id := known.Identifier(call.Fun)
	return id != nil && (registers.MatchString(id.Name) || registersLiteral.MatchString(id.Name))
}

// registersLiteral are more names of functions that register a handler. What is no handler, such as
// a job, is given to functions with other names.
var registersLiteral = regexp.MustCompile(`^(Handle|HandleFunc|Register|Subscribe|Use)$`)
