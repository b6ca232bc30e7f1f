package serves

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// Marks is a fact about a method that tests a mark in its receiver, sets it, and reports
// whether it was the first to do so: if s.begin() { go s.run() }.
type Marks struct{}

func (*Marks) AFact() {}

func (*Marks) String() string { return "marks" }

var _ analysis.Fact = (*Marks)(nil)

// swaps reports whether a call tests and sets something at once.
func swaps(call *ast.CallExpr) bool {
	if name := known.Identifier(call.Fun); name != nil {
		switch name.Name {
		case "CompareAndSwap", "Swap", "LoadOrStore", "CompareAndSwapInt32", "CompareAndSwapInt64",
			"CompareAndSwapUint32", "CompareAndSwapUint64", "CompareAndSwapPointer", "TryLock":
			return true
		}
	}
	return false
}

// endsBySwap reports whether a call swaps a mark of an end, as s.closing.CompareAndSwap(false, true) does.
// To take such a mark away is a start.
func (j *Judge) endsBySwap(call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 || j.isZero(call.Args[len(call.Args)-1]) {
		return false
	}
	target := sel.X
	if address, isAddress := ast.Unparen(call.Args[0]).(*ast.UnaryExpr); isAddress && address.Op == token.AND {
		target = address.X // of a function of sync/atomic
	}
	return named(target, endName)
}

// isZero reports whether an expression is the constant false or 0.
func (j *Judge) isZero(e ast.Expr) bool {
	value := j.info.Types[e].Value
	return value != nil && (value.ExactString() == "false" || value.ExactString() == "0")
}

// marks reports whether a call is one of a method that Marks is a fact about.
func (j *Judge) marks(call *ast.CallExpr) bool {
	c := j.flow.Callees(call.Fun)
	for _, f := range c.Funcs {
		if !j.isMark(f) {
			return false
		}
	}
	for _, fn := range c.Foreign {
		if !j.pass.ImportObjectFact(fn.Origin(), new(Marks)) {
			return false
		}
	}
	return len(c.Funcs)+len(c.Foreign) > 0 && !c.Unknown && len(c.Params) == 0
}

// isMark reports whether a method returns a bool, and tests a bool in its receiver and then
// sets it to true, or swaps something in its receiver.
func (j *Judge) isMark(f *flow.Func) bool {
	if f.Obj == nil || f.Body() == nil || f.Obj.Signature().Recv() == nil || !returnsBool(f.Obj.Signature()) {
		return false
	}
	if j.joinsOrCreates(f) {
		return true
	}
	tested := make(map[string]token.Pos)
	for cur := range f.Cursor.Preorder((*ast.IfStmt)(nil), (*ast.CallExpr)(nil), (*ast.AssignStmt)(nil)) {
		if j.flow.Enclosing(cur) != f {
			continue
		}
		switch n := cur.Node().(type) {
		case *ast.IfStmt:
			for _, term := range terms(n.Cond) {
				if not, ok := ast.Unparen(term).(*ast.UnaryExpr); ok {
					term = not.X
				}
				if j.ofReceiver(term) {
					tested[types.ExprString(ast.Unparen(term))] = n.Pos()
				}
			}
		case *ast.CallExpr:
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && swaps(n) && !j.endsBySwap(n) && sel.Sel.Name != "TryLock" && j.ofReceiver(sel.X) {
				return true
			}
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if len(n.Lhs) != len(n.Rhs) || !j.ofReceiver(lhs) || named(lhs, endName) {
					continue
				}
				value := j.info.Types[n.Rhs[i]].Value
				if value != nil && value.Kind() == constant.Bool && constant.BoolVal(value) && tested[types.ExprString(lhs)] != token.NoPos {
					return true
				}
			}
		}
	}
	return false
}

// joinsOrCreates reports whether a method looks up an element in its receiver, sets it if it is not
// there, and says with a bool which of these it did:
//
//	e, first := c.join(key)
func (j *Judge) joinsOrCreates(f *flow.Func) bool {
	read, set := make(map[string]bool), make(map[string]bool)
	says := make(map[bool]bool)
	for cur := range f.Cursor.Preorder((*ast.IndexExpr)(nil), (*ast.ReturnStmt)(nil)) {
		if j.flow.Enclosing(cur) != f {
			continue
		}
		switch n := cur.Node().(type) {
		case *ast.IndexExpr:
			if !j.ofReceiver(n.X) {
				continue
			}
			assign, ok := cur.Parent().Node().(*ast.AssignStmt)
			if ok && slices.Contains(assign.Lhs, ast.Expr(n)) {
				set[types.ExprString(n)] = true
			} else {
				read[types.ExprString(n)] = true
			}
		case *ast.ReturnStmt:
			for _, result := range n.Results {
				if value := j.info.Types[result].Value; value != nil && value.Kind() == constant.Bool {
					says[constant.BoolVal(value)] = true
				}
			}
		}
	}
	for path := range set {
		if read[path] {
			return len(says) == 2
		}
	}
	return false
}

// ofReceiver reports whether an expression is a field of the receiver of its method.
func (j *Judge) ofReceiver(e ast.Expr) bool {
	_, isField := ast.Unparen(e).(*ast.SelectorExpr)
	root := j.root(e)
	return isField && root != nil && j.isReceiver(root)
}

func returnsBool(sig *types.Signature) bool {
	for result := range sig.Results().Variables() {
		if types.TypeString(result.Type(), nil) == "bool" {
			return true
		}
	}
	return false
}

// marked reports whether a term is the result of a method that marks a start, or its
// opposite: it then says whether the caller is the first, and not what is there.
func (g *guard) marked(term ast.Expr) bool {
	if not, ok := ast.Unparen(term).(*ast.UnaryExpr); ok && not.Op == token.NOT {
		term = not.X
	}
	id, ok := ast.Unparen(term).(*ast.Ident)
	if !ok {
		return false
	}
	for _, source := range g.sources[g.judge.info.Uses[id]] {
		if call, ok := ast.Unparen(source).(*ast.CallExpr); ok && g.judge.marks(call) {
			return true
		}
	}
	return false
}
