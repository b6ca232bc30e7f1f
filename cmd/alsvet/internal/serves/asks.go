package serves

import (
	"go/ast"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// asks reports whether a receive takes the reply to a call that is made for it, with a channel for
// each call: that is no work of others, however often a loop around both does it.
//
//	reply := s.ask(key)
//	n := <-reply
func (b *body) asks(ch ast.Expr) bool {
	v := b.judge.flow.Assigned.Variable(ch)
	if v == nil || b.judge.flow.OwnerOf(v) != b.f {
		return false
	}
	values, complete := b.judge.flow.Assigned.Values(v)
	if !complete || len(values) != 1 {
		return false
	}
	call, ok := ast.Unparen(values[0]).(*ast.CallExpr)
	return ok && b.request(call.Args) && b.loopAround(call) == b.loopAround(ch)
}

// request reports whether one of the arguments of a call is more than a context.
func (b *body) request(args []ast.Expr) bool {
	for _, arg := range args {
		if t := b.judge.info.TypeOf(arg); t != nil && !flow.IsContext(t) {
			return true
		}
	}
	return false
}

// loopAround returns the innermost loop of the function around a node, nil if there is none.
func (b *body) loopAround(n ast.Node) ast.Node {
	cur, ok := b.f.Cursor.FindNode(n)
	if !ok {
		return nil
	}
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch up.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return up.Node()
		}
		return nil
	}
	return nil
}
