package rewrite

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// passes is an analyzer that gives its pass to the tests.
var passes = &analysis.Analyzer{
	Name:       "passes",
	Doc:        "passes has its pass as its result",
	Run:        func(pass *analysis.Pass) (any, error) { return pass, nil },
	ResultType: reflect.TypeFor[*analysis.Pass](),
}

func pass(t *testing.T, source string) *analysis.Pass {
	t.Helper()
	p := *sourcetest.Run(t, passes, source)[0].Result.(*analysis.Pass)
	p.Report = func(analysis.Diagnostic) {} // tests set it again
	return &p
}

func text(t *testing.T, p *analysis.Pass) string {
	t.Helper()
	text, err := p.ReadFile(p.Fset.File(p.Files[0].FileStart).Name())
	require.NoError(t, err)
	return string(text)
}

// replace returns the edit that replaces the n-th occurrence of a text, from 0.
func replace(t *testing.T, p *analysis.Pass, old, new string, n int) analysis.TextEdit {
	t.Helper()
	source, offset := text(t, p), 0
	for ; n >= 0; n-- {
		i := strings.Index(source[offset:], old)
		require.NotEqual(t, -1, i, old)
		offset += i + 1
	}
	file := p.Fset.File(p.Files[0].FileStart)
	return Replace(file.Pos(offset-1), file.Pos(offset-1+len(old)), new)
}

// applied returns the source with edits.
func applied(t *testing.T, p *analysis.Pass, edits []analysis.TextEdit) string {
	t.Helper()
	c := newChecker(p)
	byFile, ok := byFile(p.Fset, edits)
	require.True(t, ok)
	source := text(t, p)
	file := p.Fset.File(p.Files[0].FileStart)
	list := byFile[file]
	for _, edit := range slices.Backward(list) {
		source = source[:file.Offset(edit.Pos)] + string(edit.NewText) + source[file.Offset(edit.End):]
	}
	require.NotNil(t, c.apply(p.Files[0], list), source) // it parses
	return source
}

// A fix holds if the package compiles with it and each name that it leaves in place
// means what it did.
func TestHolds(t *testing.T) {
	for name, test := range map[string]struct {
		source, old, new string
		holds            bool
	}{
		"another value":       {`var x = 1`, "1", "2", true},
		"no Go":               {`var x = 1`, "1", "(", false},
		"another type":        {`var x int = 1`, "1", `"a"`, false},
		"a name not there":    {`var x = 1`, "1", "y", false},
		"a shadowed name":     {`var x = 1; func f() int { return x }`, "return", "x := 2; return", false},
		"a name that is left": {`var x = 1; func f() int { y := 2; _ = y; return x }`, "y := 2; _ = y", "", true},
		"a declaration is a use": {
			`func f() int { var x int; { x := 2; _ = x }; return x }`, ":= 2", "= 2", false},
		"another package": {
			`import "fmt"; func f() { fmt.Println() }`, "f() { ", "f() { fmt := struct{ Println func() }{}; ", false},
		"an unused import": {`import "fmt"; func f() { fmt.Println() }`, "fmt.Println()", "", false},
		"calls als": {
			`import "github.com/seed-1938943e/goroutine/als"; func f() { als.Go(g) }; func g() {}`, "als.Go(g)", "als.Go(als.Bind(g))", true},
		"als, wrongly": {
			`import "github.com/seed-1938943e/goroutine/als"; func f() { als.Go(g) }; func g() {}`, "als.Go(g)", "als.Go(1)", false},
		"another method": {
			`type a struct{}; func (a) m() {}; type b struct{ a }; func (b) m() {}; func f(x b) { x.m() }`, "x b", "x a", false},
		"another field of the same name": {
			`type a struct{ n int }; type b struct{ n int }; func f(x a) int { return x.n }`, "x a", "x b", false},
		"a parameter becomes a variable": {
			`func f() { func(x int) { _ = x }(1) }`, "func(x int) { _ = x }(1)", "x := 1; func() { _ = x }()", true},
		"one of another type": {
			`func f() { func(x int64) { _ = x }(1) }`, "func(x int64) { _ = x }(1)", "x := 1; func() { _ = x }()", true}, // all is replaced
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pass(t, "package p\n\n"+test.source)
			edit := replace(t, p, test.old, test.new, 0)
			assert.Equal(t, test.holds, newChecker(p).holds([]analysis.TextEdit{edit}))
		})
	}
}

// A parameter that becomes a variable must keep its type, for the names that are left.
func TestHoldsForAParameter(t *testing.T) {
	for value, holds := range map[string]bool{"int64(1)": true, "1": false} {
		p := pass(t, "package p\n\nfunc f() { func(x int64) { _ = x }(1) }")
		edits := []analysis.TextEdit{
			replace(t, p, "func(x int64)", "x := "+value+"; func()", 0),
			replace(t, p, "(1)", "()", 0),
		}
		assert.Equal(t, holds, newChecker(p).holds(edits), value)
	}
}

func TestOverlap(t *testing.T) {
	p := pass(t, "package p\n\nvar x = 1 + 2")
	whole, part := replace(t, p, "1 + 2", "3", 0), replace(t, p, "1", "4", 0)
	assert.False(t, newChecker(p).holds([]analysis.TextEdit{whole, part}))
	assert.True(t, newChecker(p).holds([]analysis.TextEdit{part, replace(t, p, "2", "5", 0)}))
}

// The findings of a batch come in their order, each with the first of its forms that
// holds together with the fixes before it.
func TestBatch(t *testing.T) {
	p := pass(t, "package p\n\nvar x, y, z, u = 1, 2, 3, 4")
	form := func(old, new string) Form {
		return Form{Message: new, Edits: []analysis.TextEdit{replace(t, p, old, new, 0)}}
	}
	whole := func(list ...Form) string {
		var got []string
		p.Report = func(d analysis.Diagnostic) {
			fix := "none"
			if len(d.SuggestedFixes) > 0 {
				fix = d.SuggestedFixes[0].Message
			}
			got = append(got, d.Message+" "+fix)
		}
		b := Batch{Pass: p}
		b.Add(analysis.Diagnostic{Message: "first"}, list)
		b.Add(analysis.Diagnostic{Message: "second"}, nil)
		b.Add(analysis.Diagnostic{Message: "third"}, []Form{form("2", "6")})
		b.Report()
		return strings.Join(got, ", ")
	}
	assert.Equal(t, "first 5, second none, third 6", whole(form("1", "5"), form("1", "7")))
	assert.Equal(t, "first 7, second none, third 6", whole(form("1", "missing"), form("1", "7")), "the first does not hold")
	assert.Equal(t, "first none, second none, third 6", whole(form("1", "missing")), "none holds")
	assert.Equal(t, "first 8, second none, third 6", whole(form("2", "8")), "they overlap: each holds alone")

	both := func(name string) Form {
		return Form{Message: name, Edits: []analysis.TextEdit{replace(t, p, "var", "var "+name+" = 5\nvar", 0), replace(t, p, "3", name, 0)}}
	}
	assert.Equal(t, "first q, second none, third 6", whole(both("y"), both("q")), "y is there already")
	var got []bool
	p.Report = func(d analysis.Diagnostic) { got = append(got, d.SuggestedFixes != nil) }
	b := Batch{Pass: p}
	declare := func(old string) []Form { // both may declare v, but not together
		return []Form{{Edits: []analysis.TextEdit{replace(t, p, old, old+"\nvar v = 1", 0)}}}
	}
	b.Add(analysis.Diagnostic{}, declare("package p"))
	b.Add(analysis.Diagnostic{}, declare("= 1, 2, 3, 4"))
	b.Report()
	assert.Equal(t, []bool{true, false}, got)
}

// How a function of als is written, and what is added for it.
func TestALS(t *testing.T) {
	const path = `"github.com/seed-1938943e/goroutine/als"`
	for name, test := range map[string]struct{ source, call, result string }{
		"imported": {
			"import " + path + "\n\nvar _ = als.Go", "als.Go", "import " + path + "\n\nvar _ = als.Go"},
		"by another name": {
			"import a " + path + "\n\nvar _ = a.Go", "a.Go", "import a " + path + "\n\nvar _ = a.Go"},
		"by a dot": {
			"import . " + path + "\n\nvar _ = Go", "Go", "import . " + path + "\n\nvar _ = Go"},
		"by a blank": {
			"import _ " + path, "als.Go", "import (\n\t_ " + path + "\n\n\t" + path + "\n)"},
		"not at all": {
			"var x = 1", "als.Go", "import " + path + "\n\nvar x = 1"},
		"beside one": {
			"import \"fmt\"\n\nvar _ = fmt.Sprint", "als.Go", "import (\n\t\"fmt\"\n\n\t" + path + "\n)\n\nvar _ = fmt.Sprint"},
		"beside a group": {
			"import (\n\t\"fmt\" // prints\n)\n\nvar _ = fmt.Sprint", "als.Go", "import (\n\t\"fmt\" // prints\n\n\t" + path + "\n)\n\nvar _ = fmt.Sprint"},
		"the name is taken": {
			"var als = 1", "alsgo.Go", "import alsgo " + path + "\n\nvar als = 1"},
		"by a local variable": {
			"func f(als int) {}", "alsgo.Go", "import alsgo " + path + "\n\nfunc f(als int) {}"},
		"all names are": {
			"var als, alsgo, goroutineals, goroutineals3 = 1, 2, 3, 4", "goroutineals4.Go",
			"import goroutineals4 " + path + "\n\nvar als, alsgo, goroutineals, goroutineals3 = 1, 2, 3, 4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pass(t, "package p\n\n"+test.source)
			s := NewSource(p, p.Files[0].Package)
			require.NotNil(t, s)
			call, edits := s.ALS(p.Files[0].FileEnd-1, "Go")
			assert.Equal(t, test.call, call)
			assert.Equal(t, "package p\n\n"+test.result, applied(t, p, edits))
			for _, edit := range edits {
				assert.True(t, edit.Pos < edit.End || IsImport(string(edit.NewText)), "fixes share it")
			}
		})
	}
	assert.False(t, IsImport("als.Go("))
}

// What a later evaluation gives, where a closure is.
func TestStability(t *testing.T) {
	const source = `package p

		type point struct{ x int }

		func (point) value()    {}
		func (*point) pointer() {}
		func one()              {}
		func generic[T any]()   {}

		var global int

		func f(param int, arr [2]int, fn func(), p *point) (result int) {
			constant, changed, taken, loop := 1, 2, 3, 4
			var v point
			changed++
			_ = &taken
			for range 3 { loop = 5 }
			_ = loop
			for i := 0; i < 3; i++ {
				use(i, true)
			}
			for _, each := range arr {
				use(each, true)
			}
			use(1, true)
			use(constant, true)
			use(param, true)
			use(changed, false)
			use(taken, false)
			use(loop, false)
			use(result, false)
			use(global, false)
			use(arr, false)
			use(v, false)
			use(v.x, false)
			use(arr[0], false)
			use(param+1, false)
			use(one, true)
			use(generic[int], true)
			use(fn, true)
			use((fn), true)
			use(nil, true)
			use(func() {}, true)
			use(v.value, false)
			use(v.pointer, true)
			use(p.pointer, true)
			use(p.value, false)
			use(point.value, true)
			use(global+0, false)
			return
		}

		func use(any, bool) {}
	`
	p := pass(t, source)
	n := 0
	ast.Inspect(p.Files[0], func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok || types.ExprString(call.Fun) != "use" {
			return true
		}
		n++
		stable := NewSource(p, call.Pos()).NewStability(call.Pos())
		want := types.ExprString(call.Args[1]) == "true"
		assert.Equal(t, want, stable.Operand(call.Args[0]), types.ExprString(call.Args[0]))
		return true
	})
	assert.Equal(t, 27, n)
}

// The text of a file, and where lines end.
func TestSource(t *testing.T) {
	p := pass(t, "package p\n\nvar x = 1 // one\nvar y = 2 ; var z = 3\n")
	s := NewSource(p, p.Files[0].Package)
	one := sourceNode(t, p, "1")
	assert.Equal(t, "1", s.Node(one))
	assert.Equal(t, " // one", s.Text(one.End(), s.LineEnd(one.End())))
	two := sourceNode(t, p, "2")
	assert.Equal(t, two.End(), s.LineEnd(two.End()), "another statement follows")
	assert.Equal(t, two.End()+1, s.SkipBlanks(two.End()))
	assert.True(t, s.HasComment(one.Pos(), two.Pos()))
	assert.False(t, s.HasComment(two.Pos(), p.Files[0].FileEnd))
	assert.True(t, s.SeveralLines(one.Pos(), two.Pos()))
	assert.False(t, s.SeveralLines(one.Pos(), one.End()))

	p.ReadFile = func(string) ([]byte, error) { return []byte("package changed\n"), nil }
	assert.Nil(t, NewSource(p, one.Pos()), "it is not what was parsed")
}

func sourceNode(t *testing.T, p *analysis.Pass, literal string) ast.Node {
	t.Helper()
	var found ast.Node
	ast.Inspect(p.Files[0], func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Value == literal {
			found = n
		}
		return found == nil
	})
	require.NotNil(t, found)
	return found
}
