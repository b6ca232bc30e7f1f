// Package scopeend defines the analyzer of scopes that are not ended by defer.
package scopeend

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/directive"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/rewrite"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

const doc = `report scopes that are not ended by defer

The store of WithScope stays until End of the Scope that it returns. Without a defer
a panic or an early return leaves it in place for all that the goroutine does next:

	storage.WithScope(value)           // never ends
	scope := storage.WithScope(value)  // ends, if nothing panics
	serve()
	scope.End()

should be

	defer storage.WithScope(value).End()

In a loop a defer comes too late, when the function returns: use Run there, or a
function of its own. A scope must end on the goroutine that opened it, unless its
storage has RevokeOnEnd, so go scope.End() is reported. A scope that is returned, stored
or handed on is not. There is a fix, except in loops.`

// Analyzer reports scopes that are not ended by defer.
var Analyzer = &analysis.Analyzer{
	Name:     "scopeend",
	Doc:      doc,
	Requires: []*analysis.Analyzer{inspect.Analyzer, directive.Analyzer},
	Run:      run,
}

var tests bool

func init() {
	Analyzer.Flags.BoolVar(&tests, "tests", false, "report scopes in tests, too")
}

func run(pass *analysis.Pass) (any, error) {
	comments := pass.ResultOf[directive.Analyzer].(*directive.Index)
	root := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root()
	for cur := range root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if t := pass.TypesInfo.TypeOf(call); t == nil || !known.IsType(t, "Scope") {
			continue
		}
		c := &checker{pass: pass, call: cur}
		if message := c.problem(); message != "" {
			d := analysis.Diagnostic{Pos: call.Pos(), End: call.End(), Message: message}
			if len(c.edits) > 0 && !place.InLoop(c.call) {
				d.SuggestedFixes = []analysis.SuggestedFix{{Message: "End the scope with defer", TextEdits: c.edits}}
			}
			comments.Report(pass, tests || !usage.IsTest(pass, call.Pos()), d)
		}
	}
	return nil, nil
}

// A checker looks at what happens to the result of one call.
type checker struct {
	pass  *analysis.Pass
	call  inspector.Cursor
	edits []analysis.TextEdit
}

const (
	discarded = "the scope never ends: defer its End"
	atOnce    = "the scope ends at once: defer its End"
	notByNow  = "the scope does not end if something panics: defer its End"
	tooLate   = "the scope ends when the function returns, not when the iteration does: use Run, or a function of its own"
	elsewhere = "a scope must end on its own goroutine: defer its End"
)

// problem says what is wrong, and sets edits to the fix.
func (c *checker) problem() string {
	cur := outOfParens(c.call)
	call := c.call.Node()
	switch n := cur.Parent().Node().(type) {
	case *ast.ExprStmt:
		c.insert(call.Pos(), "defer ")
		c.insert(n.End(), ".End()")
		return discarded
	case *ast.DeferStmt:
		c.insert(n.End(), ".End()")
		return "the scope begins when the function ends, and never ends: defer the End of its result"
	case *ast.GoStmt:
		return discarded
	case *ast.SelectorExpr:
		return c.selected(cur.Parent())
	case *ast.AssignStmt:
		for i, rhs := range n.Rhs {
			if rhs == cur.Node() && len(n.Lhs) == len(n.Rhs) {
				return c.assigned(cur.Parent(), n.Lhs[i], n.Pos(), n.End(), len(n.Rhs) == 1)
			}
		}
	case *ast.ValueSpec:
		for i, value := range n.Values {
			if value == cur.Node() && len(n.Names) == len(n.Values) {
				return c.assigned(cur.Parent(), n.Names[i], n.Pos(), n.End(), false)
			}
		}
	}
	return ""
}

// selected checks a call of a method of the result.
func (c *checker) selected(sel inspector.Cursor) string {
	outer := sel.Parent()
	call, ok := outer.Node().(*ast.CallExpr)
	if !ok || call.Fun != sel.Node() {
		return "" // a method value
	}
	stmt := outOfParens(outer).Parent()
	switch stmt.Node().(type) {
	case *ast.ExprStmt:
		c.insert(call.Pos(), "defer ")
		return atOnce
	case *ast.GoStmt:
		return elsewhere
	case *ast.DeferStmt:
		if place.InLoop(c.call) {
			return tooLate
		}
	}
	return ""
}

// assigned checks a result that is assigned to a variable.
func (c *checker) assigned(stmt inspector.Cursor, target ast.Expr, pos, end token.Pos, alone bool) string {
	id, ok := ast.Unparen(target).(*ast.Ident)
	if !ok {
		return ""
	}
	if id.Name == "_" {
		if alone {
			c.edits = append(c.edits, rewrite.Replace(pos, c.call.Node().Pos(), "defer "))
			c.insert(end, ".End()")
		}
		return discarded
	}
	v, ok := c.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok || v.Parent() == c.pass.Pkg.Scope() {
		return ""
	}
	ended, deferred, escapes, started := c.uses(v)
	switch {
	case started:
		return elsewhere
	case deferred && !escapes && place.InLoop(c.call) && c.declaredInLoop(v):
		return tooLate
	case deferred || escapes:
		return ""
	}
	switch stmt.Parent().Node().(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		if source := rewrite.NewSource(c.pass, end); source != nil && alone {
			c.insert(source.LineEnd(end), "\ndefer "+id.Name+".End()")
		}
	}
	if ended {
		return notByNow
	}
	return discarded
}

// uses finds out how a variable that holds a scope is used.
func (c *checker) uses(v *types.Var) (ended, deferred, escapes, started bool) {
	var decl inspector.Cursor
	for up := range c.call.Enclosing((*ast.FuncDecl)(nil), (*ast.GenDecl)(nil)) {
		decl = up
	}
	for use := range decl.Preorder((*ast.Ident)(nil)) {
		if c.pass.TypesInfo.Uses[use.Node().(*ast.Ident)] != v {
			continue
		}
		switch n := use.Parent().Node().(type) {
		case *ast.SelectorExpr:
			outer := use.Parent().Parent()
			if call, ok := outer.Node().(*ast.CallExpr); !ok || call.Fun != n {
				escapes = true
				continue
			}
			ended = true
			deferred = deferred || isDeferred(outer)
			_, isGo := outer.Parent().Node().(*ast.GoStmt)
			started = started || isGo
		case *ast.AssignStmt:
			for i, rhs := range n.Rhs {
				if rhs == use.Node() && !isBlank(n.Lhs[min(i, len(n.Lhs)-1)]) {
					escapes = true
				}
			}
		default:
			escapes = true
		}
	}
	return ended, deferred, escapes, started
}

// isDeferred reports whether a call is deferred, or in a function literal that is.
func isDeferred(call inspector.Cursor) bool {
	for up := range call.Enclosing((*ast.DeferStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch up.Node().(type) {
		case *ast.DeferStmt:
			return true
		case *ast.FuncDecl:
			return false
		}
		// Go on outwards only if the literal is the deferred function itself.
		outer, ok := outOfParens(up).Parent().Node().(*ast.CallExpr)
		if !ok || ast.Unparen(outer.Fun) != up.Node() {
			return false
		}
	}
	return false
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

// declaredInLoop reports whether a variable is new in each iteration.
func (c *checker) declaredInLoop(v *types.Var) bool {
	for up := range c.call.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		return up.Node().Pos() <= v.Pos() && v.Pos() < up.Node().End()
	}
	return false
}

func (c *checker) insert(pos token.Pos, text string) {
	c.edits = append(c.edits, rewrite.Replace(pos, pos, text))
}

// outOfParens returns the outermost of the parentheses around an expression.
func outOfParens(cur inspector.Cursor) inspector.Cursor {
	for {
		if _, ok := cur.Parent().Node().(*ast.ParenExpr); !ok {
			return cur
		}
		cur = cur.Parent()
	}
}
