package serves

import (
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// A body is one function as it is walked.
type body struct {
	*walker
	f      *flow.Func
	env    *env
	inLoop int // the depth of the outermost loop around that need not end, 0 for none
	depth  int
}

func (b *body) enterLoop() {
	if b.inLoop == 0 {
		b.inLoop = max(b.depth, 1)
	}
}

// addChannel is add for a channel that it receives from.
func (b *body) addChannel(k kind, ch ast.Expr, elem types.Type, origin Origin, format string) {
	b.add(k, ch, origin, format)
	b.waits[len(b.waits)-1].carries = carries(elem, b.judge.pass.Pkg, 0)
}

func (b *body) add(k kind, source ast.Expr, origin Origin, format string) {
	b.addAt(k, source.Pos(), origin, format+" "+flow.Text(source))
}

func (b *body) addAt(k kind, pos token.Pos, origin Origin, does string) {
	why := "it " + does + " (" + b.judge.position(pos) + ")"
	b.waits = append(b.waits, wait{kind: k, origin: origin, why: why, shallow: b.inLoop <= maxShallow, own: b.inLoop <= maxOwn})
}

// How many calls down from where the goroutine begins.
const (
	maxShallow = 3
	maxOwn     = 2
)

// stmts walks a node, without the goroutines that it starts and the literals in it,
// unless they are called.
func (b *body) stmts(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n == b.f.Node
		case *ast.CommClause:
			return !b.timeout(n)
		case *ast.GoStmt:
			if b.f == b.first {
				b.startsAgain(n, n.Call.Fun)
			}
			for _, arg := range n.Call.Args {
				b.stmts(arg)
			}
			return false
		case *ast.BranchStmt:
			b.jump(n)
		case *ast.Ident:
			b.mention(n)
		case *ast.SendStmt:
			b.send(n.Chan, true, b.inLoop > 0 && b.goesOn(n))
			b.takes(b.passesWork(n))
		case *ast.ForStmt:
			b.forLoop(n)
			return false
		case *ast.RangeStmt:
			b.rangeLoop(n)
			return false
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				b.receive(n.X)
			}
		case *ast.CallExpr:
			b.call(n)
		}
		return true
	})
}

func (b *body) mention(id *ast.Ident) {
	if v, ok := b.judge.info.Uses[id].(*types.Var); ok {
		b.mentions(v)
		if arg, _ := b.env.lookup(v); arg != nil {
			b.mentions(b.judge.root(arg))
		}
	}
}

func (w *walker) mentions(v *types.Var) {
	if w.used == nil {
		w.used = make(map[*types.Var]bool)
	}
	w.used[v] = true
}

// takes notes whether a goroutine works on what others have put into a queue.
func (b *body) takes(work bool) {
	b.handed, b.taken = b.handed || work, b.taken || work
	b.flushes = b.flushes || work && b.depth <= maxOwn
}

// passesWork reports whether a send passes on what others have put into a shared list, and
// that brings work with it.
func (b *body) passesWork(n *ast.SendStmt) bool {
	v := b.judge.flow.Assigned.Variable(n.Value)
	if v == nil {
		return false
	}
	list := b.judge.flow.Assigned.Ranged(v)
	return list != nil && b.origin(list) == Shared && carries(v.Type(), b.judge.pass.Pkg, 0)
}

// send notes a channel that the goroutine sends a value to, or closes. Streams says that it
// goes on to send: a receiver of one value does not wait for its end.
func (b *body) send(ch ast.Expr, value, streams bool) {
	for root := range b.roots(ch) {
		b.sent[root] = true
		b.given[root] = b.given[root] || value
		b.streamed[root] = b.streamed[root] || streams
	}
}

// sendsBy is for a call of a function of another package: what that is given as a channel to send
// to, the goroutine sends values to.
func (b *body) sendsBy(fn *types.Func, args []ast.Expr) {
	params := fn.Signature().Params()
	for i, arg := range args {
		if i >= params.Len() {
			return
		}
		if ch, ok := params.At(i).Type().Underlying().(*types.Chan); ok && ch.Dir() == types.SendOnly {
			for root := range b.roots(arg) {
				b.given[root] = true
			}
		}
	}
}

// roots yields the variable that a channel starts from, and those that the callers gave for it.
func (b *body) roots(ch ast.Expr) iter.Seq[*types.Var] {
	if b.sent == nil {
		b.sent = make(map[*types.Var]bool)
		b.given = make(map[*types.Var]bool)
		b.streamed = make(map[*types.Var]bool)
	}
	return func(yield func(*types.Var) bool) {
		e := b.env
		for root := b.judge.root(ch); root != nil && yield(root); {
			arg, outer := e.lookup(root)
			if arg == nil {
				return
			}
			root, e = b.judge.root(arg), outer
		}
	}
}

// goesOn reports whether no return follows a send in its block.
func (b *body) goesOn(n *ast.SendStmt) bool {
	cur, ok := b.f.Cursor.FindNode(n)
	if !ok {
		return true
	}
	var list []ast.Stmt
	switch around := cur.Parent().Node().(type) {
	case *ast.BlockStmt:
		list = around.List
	case *ast.CaseClause:
		list = around.Body
	case *ast.CommClause:
		list = around.Body
	}
	return !slices.ContainsFunc(list, func(stmt ast.Stmt) bool {
		_, isReturn := stmt.(*ast.ReturnStmt)
		return isReturn && stmt.Pos() > n.Pos()
	})
}
