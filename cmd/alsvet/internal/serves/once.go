package serves

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

type cursor = inspector.Cursor

// findOnce finds the functions that run at most once: those that sync.Once and its
// like are given, and unexported ones that are used nowhere but below these.
func (j *Judge) findOnce() {
	j.once = make(map[*flow.Func]bool)
	for cur := range j.flow.Root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if !known.Is(j.info, call, "(*sync.Once).Do", "sync.OnceFunc", "sync.OnceValue", "sync.OnceValues") {
			continue
		}
		for _, arg := range call.Args {
			for _, f := range j.flow.Callees(arg).Funcs {
				j.once[f] = true
			}
		}
	}
	if len(j.once) == 0 {
		return
	}
	uses := j.usesOf()
	for changed := true; changed; {
		changed = false
		for _, f := range j.flow.Funcs() {
			if j.once[f] || f.Obj == nil || f.Obj.Exported() || len(uses[f.Obj]) == 0 {
				continue
			}
			all := true
			for _, use := range uses[f.Obj] {
				all = all && j.belowOnce(j.flow.Enclosing(use))
			}
			if all {
				j.once[f], changed = true, true
			}
		}
	}
}

func (j *Judge) belowOnce(f *flow.Func) bool {
	for ; f != nil; f = f.Owner {
		if j.once[f] {
			return true
		}
	}
	return false
}

// startedOnce says why only the first caller starts a goroutine, "" if each call starts one.
func (j *Judge) startedOnce(cur cursor, starter *flow.Func) string {
	if j.belowOnce(starter) {
		return "it is started once, below a sync.Once"
	}
	if once := j.runsOnce(cur); once != nil {
		return "it does nothing but " + flow.Text(once) + ", which all callers share"
	}
	guard := &guard{judge: j, starter: starter, sources: make(map[types.Object][]ast.Expr)}
	if path := guard.find(cur); path != "" {
		if guard.counts {
			return "a test of " + path + ", which others change, decides whether it starts"
		}
		return "it is started once, guarded by " + path
	}
	return ""
}

// runsOnce returns the Do of a sync.Once that others share, if a go statement runs nothing else, nil
// for others.
func (j *Judge) runsOnce(cur cursor) ast.Expr {
	start, ok := cur.Node().(*ast.GoStmt)
	if !ok {
		return nil
	}
	call := start.Call
	if lit, ok := call.Fun.(*ast.FuncLit); ok && len(lit.Body.List) == 1 {
		if stmt, ok := lit.Body.List[0].(*ast.ExprStmt); ok {
			call, _ = stmt.X.(*ast.CallExpr)
		}
	}
	if call == nil || !known.Is(j.info, call, "(*sync.Once).Do") {
		return nil
	}
	do, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	if v := j.flow.Assigned.Variable(do.X); v != nil && j.flow.OwnerOf(v) != nil {
		return nil // a local variable
	}
	return do
}
