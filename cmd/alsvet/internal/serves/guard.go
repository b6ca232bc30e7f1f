package serves

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// A guard looks for a test of something shared that the function then sets.
type guard struct {
	judge   *Judge
	starter *flow.Func
	sources map[types.Object][]ast.Expr // of local variables
	set     map[string]token.Pos        // shared paths that are assigned, with the last place
	counted map[string]token.Pos        // those that are incremented, with the last place
	cleared map[string]bool             // those that are set to false or 0
	counts  bool                        // what it found is the element of a map, or compared with a limit
}

func (g *guard) find(cur cursor) string {
	g.set, g.counted, g.cleared = make(map[string]token.Pos), make(map[string]token.Pos), make(map[string]bool)
	for c := range g.starter.Cursor.Preorder((*ast.AssignStmt)(nil)) {
		n := c.Node().(*ast.AssignStmt)
		for i, lhs := range n.Lhs {
			if id, ok := lhs.(*ast.Ident); ok {
				if obj := g.judge.info.ObjectOf(id); obj != nil && len(n.Rhs) > 0 {
					g.sources[obj] = append(g.sources[obj], n.Rhs[min(i, len(n.Rhs)-1)])
				}
			}
			var value ast.Expr
			if len(n.Lhs) == len(n.Rhs) {
				value = n.Rhs[i]
			}
			if path := g.path(lhs); path != "" && !g.judge.ends(lhs, value) {
				g.set[path] = n.Pos()
				if g.judge.isZero(value) {
					g.cleared[path] = true
				}
				if n.Tok == token.ADD_ASSIGN || g.appends(value, path) {
					g.counted[path] = n.Pos()
				}
			}
		}
	}
	for c := range g.starter.Cursor.Preorder((*ast.IncDecStmt)(nil)) {
		if path := g.path(c.Node().(*ast.IncDecStmt).X); path != "" {
			g.set[path] = c.Node().Pos()
			g.counted[path] = c.Node().Pos()
		}
	}
	for c := range g.starter.Cursor.Preorder((*ast.CallExpr)(nil)) {
		n := c.Node().(*ast.CallExpr)
		if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && known.Is(g.judge.info, n, atomicStores...) {
			if path := g.path(sel.X); path != "" && !g.judge.ends(sel.X, n.Args[0]) {
				g.set[path] = n.Pos()
			}
		}
	}
	at := cur.Node().Pos()
	for c := range g.starter.Cursor.Preorder((*ast.IfStmt)(nil)) {
		n := c.Node().(*ast.IfStmt)
		encloses := n.Body.Pos() <= at && at < n.End()
		before := n.End() <= at && returns(n.Body)
		if !encloses && !before {
			continue
		}
		inBody := encloses && at < n.Body.End()
		if path := g.condition(n.Cond, n.Init, inBody, before, n.Body); path != "" {
			return path
		}
	}
	for up := range cur.Enclosing((*ast.CaseClause)(nil)) {
		n, ok := up.Parent().Parent().Node().(*ast.SwitchStmt)
		switch {
		case !ok || g.judge.flow.Enclosing(up) != g.starter:
		case n.Tag != nil:
			if path := g.tests(n.Tag, 0); path != "" {
				g.counts = strings.Contains(path, "[")
				return path
			}
		default:
			for _, cond := range up.Node().(*ast.CaseClause).List {
				if path := g.condition(cond, n.Init, true, false, nil); path != "" {
					return path
				}
			}
		}
	}
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		loop, ok := up.Node().(*ast.ForStmt)
		if !ok {
			break
		}
		if loop.Cond != nil { // until there are enough
			g.counts = true
			if path := g.tests(loop.Cond, 0); path != "" {
				return path
			}
		}
	}
	return ""
}

// condition returns what a condition tests that the function then sets. The statement with the condition
// has the goroutine in its body, or in its else, or it comes before, and returns.
func (g *guard) condition(cond ast.Expr, init ast.Stmt, inBody, before bool, body *ast.BlockStmt) string {
	for _, t := range g.terms(cond, false) {
		term := t.Expr
		absent, present := polarity(term)
		if t.not {
			absent, present = present, absent
		}
		if g.marked(term) {
			absent, present = false, false
		}
		if inBody && present || !inBody && absent {
			if path := g.takesMark(term); path != "" {
				return path
			}
			continue // it goes on with what is there already
		}
		if path := g.tests(term, 0); path != "" && !(before && g.setIn(path, body)) {
			g.counts = strings.Contains(path, "[") || compares(term)
			return path
		}
		if path := g.testsInit(init); path != "" {
			return path
		}
		if path := g.testsCount(term, inBody); path != "" {
			g.counts = true
			return path
		}
	}
	return ""
}

// takesMark returns the shared mark that a term tests and the function takes away, "" if there is none:
// other callers may have set it, as if dirty { dirty = false; go save() } says.
func (g *guard) takesMark(term ast.Expr) string {
	if not, ok := ast.Unparen(term).(*ast.UnaryExpr); ok {
		term = not.X
	}
	if path := g.path(term); g.cleared[path] {
		return path
	}
	id, ok := ast.Unparen(term).(*ast.Ident)
	if !ok {
		return ""
	}
	for _, source := range g.sources[g.judge.info.Uses[id]] {
		if path := g.path(source); g.cleared[path] {
			return path
		}
	}
	return ""
}

// appends reports whether a value is a list with more elements.
func (g *guard) appends(value ast.Expr, path string) bool {
	call, ok := value.(*ast.CallExpr)
	return ok && g.judge.isBuiltin(call, "append") && g.path(call.Args[0]) == path
}

// testsCount returns the shared count that a term compares when it has been incremented, "" for
// others: m[k]++; if m[k] == 3 { go fill(k) }. A limit behind which the function returns is that of
// each call.
func (g *guard) testsCount(term ast.Expr, inBody bool) string {
	if _, isComparison := ast.Unparen(term).(*ast.BinaryExpr); !isComparison || compares(term) && !inBody && !g.isFirst(term) {
		return ""
	}
	for n := range ast.Preorder(term) {
		e, ok := n.(ast.Expr)
		if !ok {
			continue
		}
		if path := g.countOf(e, term.Pos()); path != "" {
			return path
		}
		if id, ok := e.(*ast.Ident); ok {
			for _, source := range g.sources[g.judge.info.Uses[id]] {
				if path := g.countOf(source, term.Pos()); path != "" {
					return path
				}
			}
		}
	}
	return ""
}

// isFirst reports whether a comparison with a count tells the first caller from the others: n > 1.
func (g *guard) isFirst(term ast.Expr) bool {
	limit := g.judge.info.Types[ast.Unparen(term).(*ast.BinaryExpr).Y].Value
	return limit != nil && limit.ExactString() == "1"
}

// countOf returns the path of a shared count that has been incremented before a position.
func (g *guard) countOf(e ast.Expr, before token.Pos) string {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		sel, isSel := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		switch {
		case isSel && known.Is(g.judge.info, call, atomicAdds...):
			return g.path(sel.X)
		case known.Is(g.judge.info, call, "sync/atomic.AddInt32", "sync/atomic.AddInt64", "sync/atomic.AddUint32", "sync/atomic.AddUint64"):
			if address, isAddress := ast.Unparen(call.Args[0]).(*ast.UnaryExpr); isAddress {
				return g.path(address.X)
			}
		}
		return ""
	}
	path := g.path(e)
	if pos, counted := g.counted[path]; counted && pos < before {
		return path
	}
	return ""
}

var atomicStores = []string{"(*sync/atomic.Bool).Store", "(*sync/atomic.Int32).Store", "(*sync/atomic.Int64).Store", "(*sync/atomic.Uint32).Store", "(*sync/atomic.Uint64).Store"}

var atomicAdds = []string{"(*sync/atomic.Int32).Add", "(*sync/atomic.Int64).Add", "(*sync/atomic.Uint32).Add", "(*sync/atomic.Uint64).Add"}

// setIn reports whether a path is last assigned in a block.
func (g *guard) setIn(path string, block *ast.BlockStmt) bool {
	pos := g.set[path]
	return block.Pos() <= pos && pos < block.End()
}

// endName matches the names of fields and constants that mark the end of something.
var endName = regexp.MustCompile(`(?i)(clos(e|ed|ing)|stop(ped|ping)?|shut(ting)?_?down|drain(ed|ing)?|dispos(e|ed|ing)|cancel(l?ed|l?ing)?|quit(ting)?|terminat(ed|ing)|kill(ed|ing)?|abort(ed|ing)?)$`)

// ends reports whether an assignment says that something has ended: it takes a value
// away, or sets a mark such as closed.
func (j *Judge) ends(target, value ast.Expr) bool {
	if value == nil {
		return false
	}
	tv := j.info.Types[value]
	if tv.IsNil() {
		return true
	}
	if tv.Value == nil {
		return false
	}
	switch tv.Value.Kind() {
	case constant.String:
		return constant.StringVal(tv.Value) == ""
	case constant.Bool:
		return constant.BoolVal(tv.Value) && named(target, endName)
	}
	return named(value, endName)
}

// named reports whether an expression is a variable, field or constant with such a name.
func named(e ast.Expr, name *regexp.Regexp) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return name.MatchString(e.Name)
	case *ast.SelectorExpr:
		return name.MatchString(e.Sel.Name)
	}
	return false
}

// testsInit is for the variables of a condition that the statement before it sets.
func (g *guard) testsInit(init ast.Stmt) string {
	assign, ok := init.(*ast.AssignStmt)
	if !ok {
		return ""
	}
	for _, rhs := range assign.Rhs {
		if path := g.tests(rhs, 0); path != "" {
			return path
		}
	}
	return ""
}

// terms returns what a condition joins with && and ||.
func terms(cond ast.Expr) []ast.Expr {
	if b, ok := ast.Unparen(cond).(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
		return append(terms(b.X), terms(b.Y)...)
	}
	return []ast.Expr{cond}
}

// A term is a part of a condition, or its opposite.
type term struct {
	ast.Expr
	not bool
}

// terms returns what a condition joins with && and ||, also by local variables:
// first := !s.started.
func (g *guard) terms(cond ast.Expr, not bool) []term {
	switch e := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			return append(g.terms(e.X, not), g.terms(e.Y, not)...)
		}
	case *ast.UnaryExpr:
		if source := g.meaning(e.X); source != nil {
			return g.terms(source, !not)
		}
	case *ast.Ident:
		if source := g.meaning(e); source != nil {
			return g.terms(source, not)
		}
	}
	return []term{{cond, not}}
}

// meaning returns the one condition that a local variable is set to, nil if there is none.
func (g *guard) meaning(e ast.Expr) ast.Expr {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok || len(g.sources[g.judge.info.Uses[id]]) != 1 {
		return nil
	}
	source := ast.Unparen(g.sources[g.judge.info.Uses[id]][0])
	switch e := source.(type) {
	case *ast.BinaryExpr:
		return source
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return source
		}
	}
	return nil
}

// polarity reports whether a term says that something is not there, or that it is. A
// call, which may swap, and other comparisons say neither.
func polarity(term ast.Expr) (absent, present bool) {
	switch e := ast.Unparen(term).(type) {
	case *ast.UnaryExpr:
		_, call := ast.Unparen(e.X).(*ast.CallExpr)
		return e.Op == token.NOT && !call, false
	case *ast.BinaryExpr:
		if id, ok := ast.Unparen(e.Y).(*ast.Ident); ok && id.Name == "nil" {
			return e.Op == token.EQL, e.Op == token.NEQ
		}
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		return false, true
	}
	return false, false
}

// compares reports whether a term compares with less or greater, as a quota does.
func compares(term ast.Expr) bool {
	b, ok := ast.Unparen(term).(*ast.BinaryExpr)
	return ok && (b.Op == token.LSS || b.Op == token.LEQ || b.Op == token.GTR || b.Op == token.GEQ)
}

func returns(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	_, ok := body.List[len(body.List)-1].(*ast.ReturnStmt)
	return ok
}

// tests returns the shared path that an expression tests and the function sets.
func (g *guard) tests(e ast.Expr, depth int) string {
	found := ""
	ast.Inspect(e, func(n ast.Node) bool {
		if found != "" {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if swaps(n) && !g.judge.endsBySwap(n) || g.judge.marks(n) {
				found = flow.Text(n.Fun)
			}
		case *ast.SelectorExpr, *ast.IndexExpr:
			if path := g.path(n.(ast.Expr)); g.setLater(path, n) {
				found = path
			}
		case *ast.Ident:
			if path := g.path(n); g.setLater(path, n) {
				found = path
			} else if obj := g.judge.info.Uses[n]; obj != nil && depth < 2 && g.judge.isLocal(obj) && !isError(obj.Type()) {
				for _, source := range g.sources[obj] {
					if found == "" {
						found = g.tests(source, depth+2)
					}
				}
			}
		}
		return found == ""
	})
	return found
}

// setLater reports whether a path is assigned behind its test. What is assigned before
// is a default.
func (g *guard) setLater(path string, test ast.Node) bool {
	pos, ok := g.set[path]
	return ok && pos > test.Pos()
}

func isError(t types.Type) bool { return types.TypeString(t, nil) == "error" }

func (j *Judge) isLocal(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && j.flow.OwnerOf(v) != nil
}

// path returns the text of a shared field, element or variable, "" for others. Errors
// are no marks that something was started.
func (g *guard) path(e ast.Expr) string {
	e = ast.Unparen(e)
	switch e.(type) {
	case *ast.SelectorExpr, *ast.IndexExpr, *ast.Ident:
	default:
		return ""
	}
	tv, ok := g.judge.info.Types[e]
	if !ok && !g.assigned(e) || ok && (!tv.IsValue() || isError(tv.Type)) {
		return ""
	}
	root := g.judge.root(e)
	if root == nil {
		return ""
	}
	owner := g.judge.flow.OwnerOf(root)
	_, isParam := g.judge.flow.ParamIndex(root)
	_, plain := e.(*ast.Ident)
	if owner == nil || g.judge.isReceiver(root) && !plain || isParam && !plain {
		return types.ExprString(e)
	}
	if !plain && (!g.isOfCall(root) || g.aliases(root)) {
		return types.ExprString(e)
	}
	return ""
}

// isOfCall reports whether a local variable belongs to the call that starts the goroutine: it is the
// starter's, or that of a function around it which has run the starter when it returns.
func (g *guard) isOfCall(v *types.Var) bool {
	owner := g.judge.flow.OwnerOf(v)
	for f := g.starter; f != owner; f = f.Owner {
		if f == nil || !g.judge.runsThere(f, 0) {
			return false
		}
	}
	return g.starter == owner || g.judge.escape(v) == Own
}

// aliases reports whether a local variable may be another name for a field or an element of what a
// receiver or a package variable holds.
func (g *guard) aliases(v *types.Var) bool {
	values, _ := g.judge.flow.Assigned.Values(v)
	return slices.ContainsFunc(values, func(value ast.Expr) bool {
		switch ast.Unparen(value).(type) {
		case *ast.SelectorExpr, *ast.IndexExpr:
		default:
			return false
		}
		root := g.judge.root(value)
		return root != nil && (g.judge.isReceiver(root) || g.judge.flow.OwnerOf(root) == nil)
	})
}

// assigned reports whether e is a variable on the left of an assignment, which has no
// entry in Types.
func (g *guard) assigned(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && g.judge.info.Uses[id] != nil
}
