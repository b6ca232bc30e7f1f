package serves

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
)

// startedByServer reports whether a go statement is in a loop that waits for the work
// of others, as one that accepts connections does.
func (j *Judge) startedByServer(cur cursor, starter *flow.Func) bool {
	if j.setsStores(starter) {
		return false
	}
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		w := &walker{judge: j, starter: starter, first: starter, visited: make(map[visit]bool)}
		b := &body{walker: w, f: starter}
		switch n := up.Node().(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return false
		case *ast.RangeStmt:
			if isList(j.info.TypeOf(n.X)) {
				b.takesOut(n) // the loop ends, whatever a loop in it waits for
				break
			}
			b.stmts(n)
		case *ast.ForStmt:
			if n.Cond == nil || n.Post == nil {
				b.stmts(n)
			}
		}
		for _, wait := range w.waits {
			if wait.decides() && wait.kind != forever && wait.kind != stop {
				return true
			}
		}
	}
	return false
}

// isList reports whether a range over a value of the type ends by itself.
func isList(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Chan, *types.Signature:
		return false
	}
	return true
}

// brings reports whether one of the arguments of a goroutine has functions, as a batch of commands
// has. A loop that a caller runs may have got them from that caller.
func (j *Judge) brings(args []ast.Expr) bool {
	return slices.ContainsFunc(args, func(arg ast.Expr) bool {
		if _, isLit := ast.Unparen(arg).(*ast.FuncLit); isLit {
			return false
		}
		switch t := j.info.TypeOf(arg).Underlying().(type) {
		case *types.Signature:
			return true
		case *types.Slice:
			return flow.IsFunc(t.Elem())
		}
		return false
	})
}

// helps says why a goroutine may serve what its starter serves, "" if it does not: the
// starter goes on to wait for the work of others itself.
func (j *Judge) helps(cur cursor, starter *flow.Func) string {
	if j.setsStores(starter) || starter.Body() == nil {
		return ""
	}
	w := &walker{judge: j, starter: starter, first: starter, visited: make(map[visit]bool)}
	b := &body{walker: w, f: starter}
	for _, stmt := range starter.Body().List {
		loop, ok := unlabeled(stmt).(*ast.ForStmt)
		if ok && loop.Cond == nil && loop.Pos() > cur.Node().End() {
			b.stmts(loop)
		}
	}
	for _, wait := range w.waits {
		switch wait.kind {
		case work, queued, accept, forever:
			if wait.decides() {
				return "the function that starts it works for others: it " + strings.TrimPrefix(wait.why, "it ")
			}
		}
	}
	return ""
}

func unlabeled(stmt ast.Stmt) ast.Stmt {
	if labeled, ok := stmt.(*ast.LabeledStmt); ok {
		return labeled.Stmt
	}
	return stmt
}

// programUses returns where a function is used in the program, nil if other packages may use
// it. An exported method of an unexported type is one that an unexported interface has: it
// is used where that is called. A use in a test says nothing of the program, and neither does one
// in a type that opens the internals of the package for debugging.
func (j *Judge) programUses(f *flow.Func) []cursor {
	uses := j.usesOf()[f.Obj]
	if f.Obj.Exported() {
		through := j.flow.Interfaces(f)
		if len(through) == 0 {
			return nil
		}
		for _, method := range through {
			uses = slices.Concat(uses, j.usesOf()[method])
		}
	}
	return slices.DeleteFunc(slices.Clone(uses), func(use cursor) bool {
		return j.flow.InTest(use.Node().Pos()) || j.ofInternals(use)
	})
}

// internalsName matches the names of types that open the internals of a package.
var internalsName = regexp.MustCompile(`Internal(s|Client|API)?$`)

// ofInternals reports whether a use is in an exported method of a type that opens the internals.
func (j *Judge) ofInternals(use cursor) bool {
	f := j.flow.Enclosing(use)
	return f != nil && f.Obj != nil && f.Obj.Exported() && internalsName.MatchString(receiverName(f))
}

// waysToLiteral returns how a literal comes to run: where it stands, by a local variable, or
// as the function of a goroutine.
func (j *Judge) waysToLiteral(f *flow.Func) []way {
	if assign, ok := f.Cursor.Parent().Node().(*ast.AssignStmt); ok && len(assign.Lhs) == 1 {
		if _, local := assign.Lhs[0].(*ast.Ident); local {
			return with(f.Owner)
		}
		return fixed(anywhere)
	}
	call, ok := f.Cursor.Parent().Node().(*ast.CallExpr)
	if !ok {
		return fixed(anywhere)
	}
	if ast.Unparen(call.Fun) != f.Node {
		return j.waysOfUse(f.Cursor)
	}
	if stmt, isGo := f.Cursor.Parent().Parent().Node().(*ast.GoStmt); isGo {
		return startedAt(f.Cursor.Parent().Parent(), stmt.Call.Fun, stmt.Call.Args)
	}
	return with(f.Owner)
}

// waysOfUse says how a function comes to run by one of its uses: a call, or the start of a
// goroutine.
func (j *Judge) waysOfUse(use cursor) []way {
	cur := use
	if sel, ok := cur.Parent().Node().(*ast.SelectorExpr); ok && sel.Sel == use.Node() {
		cur = cur.Parent()
	}
	call, ok := cur.Parent().Node().(*ast.CallExpr)
	if !ok {
		return j.waysOfElement(cur)
	}
	if call.Fun != cur.Node() { // an argument
		for i, arg := range call.Args {
			if arg == cur.Node() && j.flow.Runs(call, i).Elsewhere {
				return startedAt(cur.Parent(), arg, nil)
			}
			if arg == cur.Node() && j.callsArgument(call, i) {
				return j.waysOfCall(cur.Parent())
			}
		}
		return fixed(anywhere)
	}
	return j.waysOfCall(cur.Parent())
}

// callsArgument reports whether all functions that a call may call are of this package and
// call its i-th argument before they return.
func (j *Judge) callsArgument(call *ast.CallExpr, i int) bool {
	c := j.flow.Callees(call.Fun)
	for _, f := range c.Funcs {
		if !j.onlyCalls(f, i) {
			return false
		}
	}
	return len(c.Funcs) > 0 && !c.Unknown && len(c.Foreign)+len(c.Params) == 0
}

// onlyCalls reports whether a function does nothing with its i-th parameter but to call it,
// on its own goroutine and with the stores that its caller has.
func (j *Judge) onlyCalls(f *flow.Func, i int) bool {
	if j.setsStores(f) {
		return false
	}
	uses := j.usesOfVar(f.Param(i))
	for _, use := range uses {
		call, ok := use.Parent().Node().(*ast.CallExpr)
		if !ok || call.Fun != use.Node() || !j.flow.RunsWithin(j.flow.Enclosing(use), f) {
			return false
		}
		if _, isGo := use.Parent().Parent().Node().(*ast.GoStmt); isGo {
			return false
		}
	}
	return len(uses) > 0
}

// waysOfCall says how a call comes to run: on its own goroutine in a go statement, or with the
// function around it. A call right in main is not in a Run there: that runs a literal.
func (j *Judge) waysOfCall(cur cursor) []way {
	call := cur.Node().(*ast.CallExpr)
	if _, isGo := cur.Parent().Node().(*ast.GoStmt); isGo {
		return startedAt(cur.Parent(), call.Fun, call.Args)
	}
	if place.WithoutStores(j.pass, cur) {
		return fixed(servers)
	}
	return with(j.flow.Enclosing(cur))
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

// servesAll says why a goroutine that is joined may work for others while its starter waits, "" if nothing
// shows that: the starter serves what its listeners accept, as its name says.
func servesAll(joined bool, starter *flow.Func) string {
	if !joined {
		return ""
	}
	for ; starter.Owner != nil; starter = starter.Owner {
	}
	if starter.Obj == nil || !serverEnd.MatchString(starter.Name()) {
		return ""
	}
	for param := range starter.Obj.Signature().Params().Variables() {
		t := param.Type()
		if list, ok := t.Underlying().(*types.Slice); ok {
			t = list.Elem()
		}
		if acceptorName.MatchString(typeName(t)) {
			return starter.Name() + " serves all, and its goroutines may, too"
		}
	}
	return ""
}

var (
	// serverEnd matches the names of functions that serve, acceptorName those of types that accept.
	serverEnd    = regexp.MustCompile(`(?i)serve$`)
	acceptorName = regexp.MustCompile(`(?i)listener$`)
)
