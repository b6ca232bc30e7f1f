package serves

import (
	"go/ast"
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// startedByServer reports whether a go statement is in a loop that waits for the work
// of others, as one that accepts connections does.
func (j *Judge) startedByServer(cur cursor, starter *flow.Func) bool {
	if j.setsStores(starter) {
		return false
	}
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch up.Node().(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return false
		}
		w := &walker{judge: j, starter: starter, first: starter, visited: make(map[visit]bool)}
		b := &body{walker: w, f: starter}
		b.stmts(up.Node())
		for _, wait := range w.waits {
			if wait.decides() && wait.kind != forever && wait.kind != stop {
				return true
			}
		}
	}
	return false
}

// serverOnly reports whether a function runs on nothing but goroutines that serve
// others, and no function on the way puts a store in place: it is unexported, and all
// its uses start such a goroutine or are calls in such functions.
func (j *Judge) serverOnly(f *flow.Func) bool {
	if f == nil {
		return false
	}
	if only, done := j.servers[f]; done {
		return only
	}
	j.servers[f] = true // while it is looked for, for functions that call each other
	only := !j.setsStores(f) && j.usedByServers(f)
	j.servers[f] = only
	return only
}

func (j *Judge) usedByServers(f *flow.Func) bool {
	if f.Obj == nil {
		return j.literalOfServer(f)
	}
	uses := j.usesOf()[f.Obj]
	if f.Obj.Exported() || len(uses) == 0 {
		return false
	}
	for _, use := range uses {
		if !j.serverUse(use) {
			return false
		}
	}
	return true
}

// literalOfServer is for a literal: it runs where it stands or is in a local variable, or
// is the function of a goroutine that serves others.
func (j *Judge) literalOfServer(f *flow.Func) bool {
	if assign, ok := f.Cursor.Parent().Node().(*ast.AssignStmt); ok && len(assign.Lhs) == 1 {
		_, local := assign.Lhs[0].(*ast.Ident)
		return local && j.serverOnly(f.Owner)
	}
	call, ok := f.Cursor.Parent().Node().(*ast.CallExpr)
	if !ok {
		return false
	}
	if ast.Unparen(call.Fun) != f.Node {
		return j.serverUse(f.Cursor)
	}
	if stmt, isGo := f.Cursor.Parent().Parent().Node().(*ast.GoStmt); isGo {
		return j.startsServer(f.Cursor.Parent().Parent(), stmt.Call)
	}
	return j.serverOnly(f.Owner)
}

// serverUse reports whether a use of a function is a call by a server, or starts one.
func (j *Judge) serverUse(use cursor) bool {
	cur := use
	if sel, ok := cur.Parent().Node().(*ast.SelectorExpr); ok && sel.Sel == use.Node() {
		cur = cur.Parent()
	}
	call, ok := cur.Parent().Node().(*ast.CallExpr)
	if !ok {
		return false
	}
	if call.Fun != cur.Node() { // an argument
		for i, arg := range call.Args {
			if arg == cur.Node() && j.flow.Runs(call, i).Elsewhere {
				verdict := j.goroutine(cur.Parent(), arg, nil)
				return verdict.Answer == Others || verdict.Answer == NoStores
			}
		}
		return false
	}
	if stmt, isGo := cur.Parent().Parent().Node().(*ast.GoStmt); isGo {
		return j.startsServer(cur.Parent().Parent(), stmt.Call)
	}
	return j.serverOnly(j.flow.Enclosing(use))
}

func (j *Judge) startsServer(cur cursor, call *ast.CallExpr) bool {
	verdict := j.goroutine(cur, call.Fun, call.Args)
	return verdict.Answer == Others || verdict.Answer == NoStores
}

// setsStores reports whether a function puts a store in place, for anything in it.
func (j *Judge) setsStores(f *flow.Func) bool {
	for cur := range f.Cursor.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if known.Is(j.info, call, known.Encloses...) && !known.Is(j.info, call, known.Binds...) ||
			known.Is(j.info, call, known.Enters...) || known.Is(j.info, call, known.Scopes...) {
			return true
		}
	}
	return false
}

// usesOf returns where the functions of the package are used.
func (j *Judge) usesOf() map[*types.Func][]cursor {
	if j.uses == nil {
		j.uses = make(map[*types.Func][]cursor)
		for cur := range j.flow.Root.Preorder((*ast.Ident)(nil)) {
			if fn, ok := j.info.Uses[cur.Node().(*ast.Ident)].(*types.Func); ok {
				j.uses[fn.Origin()] = append(j.uses[fn.Origin()], cur)
			}
		}
	}
	return j.uses
}
