package serves

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// borrowsGiven notes a call of the parameter v of a function that has returned when the goroutine starts:
// it returned the literal that starts the goroutine, or registered it. Another caller gave the
// parameter, so it may work for that one, as the function that a throttle calls with the number of
// dropped events. A function that is given something of the literal's call, such as the next handler
// of a chain, works for the caller of the literal. If the literal is a sequence, the sequences that
// it combines work for the caller that iterates over it.
func (b *body) borrowsGiven(v *types.Var, args []ast.Expr) {
	owner := b.judge.flow.OwnerOf(v)
	if b.borrowed != "" || owner == nil || b.starter == nil || !b.judge.isInside(b.starter, owner) || !b.judge.flow.RunsLater(b.starter, owner) {
		return
	}
	if isSequence(v.Type()) && isSequence(b.starter.Signature()) {
		return
	}
	if !b.judge.keepsLiteral(b.starter, owner) {
		for _, arg := range args {
			if b.isOfCall(arg, b.env, owner, 0) {
				return
			}
		}
	}
	b.borrowed = "it calls " + v.Name() + ", which another caller may have given to " + owner.Name()
}

// isSequence reports whether a type is that of an iter.Seq or iter.Seq2.
func isSequence(t types.Type) bool {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return false
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	return ok && yield.Results().Len() == 1 && types.Identical(yield.Results().At(0).Type(), types.Typ[types.Bool])
}

// keepsLiteral reports whether a method puts the literal around the starter into a field, or into a
// list or table in one, as Then of a promise does: what the literal calls later works for the caller of
// the method.
func (j *Judge) keepsLiteral(starter, method *flow.Func) bool {
	if method.Obj == nil || method.Obj.Signature().Recv() == nil {
		return false
	}
	for cur := range method.Cursor.Preorder((*ast.AssignStmt)(nil)) {
		n := cur.Node().(*ast.AssignStmt)
		for i, lhs := range n.Lhs {
			if index, ok := ast.Unparen(lhs).(*ast.IndexExpr); ok {
				lhs = index.X
			}
			if len(n.Lhs) == len(n.Rhs) && j.ofReceiver(lhs) && slices.ContainsFunc(j.elements(n.Rhs[i]), func(e ast.Expr) bool {
				_, isLit := ast.Unparen(e).(*ast.FuncLit)
				return isLit && e.Pos() <= starter.Node.Pos() && starter.Node.End() <= e.End()
			}) {
				return true
			}
		}
	}
	return false
}

// isInside reports whether f is a literal in the outer function.
func (j *Judge) isInside(f, outer *flow.Func) bool {
	for f = f.Owner; f != nil && f != outer; f = f.Owner {
	}
	return f != nil
}

// mentionsKept reports whether one of the values may be what several calls of a literal have left in a
// variable of the outer function, such as a batch.
func (b *body) mentionsKept(values []ast.Expr, outer *flow.Func) bool {
	return slices.ContainsFunc(values, func(value ast.Expr) bool {
		for n := range ast.Preorder(value) {
			if id, ok := n.(*ast.Ident); ok {
				v, isVar := b.judge.info.Uses[id].(*types.Var)
				if owner := b.judge.flow.OwnerOf(v); isVar && owner != nil && (owner == outer || b.judge.isInside(outer, owner)) {
					return true
				}
			}
		}
		return false
	})
}

// isOfCall reports whether an argument mentions a variable of the starter, or of a literal between
// that and the outer function, or one that has its value from such a variable. A variable that only has
// what calls have left in one of the outer function is none.
func (b *body) isOfCall(arg ast.Expr, e *env, outer *flow.Func, steps int) bool {
	if steps > maxAliases {
		return false
	}
	for n := range ast.Preorder(arg) {
		id, ok := n.(*ast.Ident)
		if !ok {
			continue
		}
		v, ok := b.judge.info.Uses[id].(*types.Var)
		if !ok || v.IsField() {
			continue
		}
		if given, at := e.lookup(v); given != nil {
			if b.isOfCall(given, at, outer, steps+1) {
				return true
			}
			continue
		}
		owner := b.judge.flow.OwnerOf(v)
		if owner == nil || owner == outer || b.judge.isInside(outer, owner) {
			continue
		}
		values, known := b.judge.flow.Assigned.Values(v)
		if (owner == b.starter || b.judge.isInside(b.starter, owner)) && !(known && b.mentionsKept(values, outer)) {
			return true
		}
		for _, value := range values {
			if b.isOfCall(value, e, outer, steps+1) {
				return true
			}
		}
	}
	return false
}
