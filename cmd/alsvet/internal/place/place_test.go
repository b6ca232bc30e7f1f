package place_test

import (
	"go/ast"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// without is an analyzer whose result says of each call of work whether no store can be
// in place there.
var without = &analysis.Analyzer{
	Name: "without",
	Doc:  "without asks WithoutStores about each call of work",
	Run: func(pass *analysis.Pass) (any, error) {
		var answers []bool
		for cur := range inspector.New(pass.Files).Root().Preorder((*ast.CallExpr)(nil)) {
			if id, ok := cur.Node().(*ast.CallExpr).Fun.(*ast.Ident); ok && id.Name == "work" {
				answers = append(answers, place.WithoutStores(pass, cur))
			}
		}
		return answers, nil
	},
	ResultType: reflect.TypeFor[[]bool](),
}

const storage = `
	import "github.com/seed-1938943e/goroutine/als"
	var user als.Storage[string]
	func work() int { return 1 }
	`

func TestWithoutStores(t *testing.T) {
	for name, test := range map[string]struct {
		source string
		want   bool
	}{
		"in main":                   {"package main" + storage + `func main() { go work() }`, true},
		"in a main of another":      {"package p" + storage + `func main() { go work() }`, false},
		"in init":                   {"package p" + storage + `func init() { go work() }`, true},
		"in a method init":          {"package p" + storage + `type t int; func (t) init() { go work() }`, false},
		"in a function":             {"package main" + storage + `func main() {}; func f() { go work() }`, false},
		"in a literal in main":      {"package main" + storage + `func main() { user.Run("a", func() { go work() }) }`, false},
		"in main, after EnterWith":  {"package main" + storage + `func main() { user.EnterWith("a"); go work() }`, false},
		"in main, after WithScope":  {"package main" + storage + `func main() { defer user.WithScope("a").End(); go work() }`, false},
		"in main, one in a literal": {"package main" + storage + `func main() { go work(); _ = func() { user.EnterWith("a") } }`, true},
		"where a variable is set":   {"package p" + storage + `var _ = func() int { go work(); return 1 }()`, false},
		"in no function":            {"package p" + storage + `var x = work()`, true},
		"in a method main":          {"package main" + storage + `func main() {}; type t int; func (t) main() { go work() }`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, []bool{test.want}, sourcetest.Run(t, without, test.source)[0].Result)
		})
	}
}

// Functions that begin with stores of their own.
func TestOwnContext(t *testing.T) {
	action := sourcetest.Run(t, without, `package p

		import (
			"context"
			"github.com/seed-1938943e/goroutine/als"
			"github.com/seed-1938943e/goroutine/hooks"
		)

		var user als.Storage[string]
		var ctx als.ExecutionContext
		func other() {}

		func yesRun()      { user.Run("a", other) }
		func yesExit()     { user.Exit(other) }
		func yesScope()    { defer user.WithScope("a").End(); other() }
		func yesEnter()    { user.EnterWith("a"); other() }
		func yesContext()  { ctx.Run(other) }
		func yesLater()    { defer other(); var x int; _ = x; user.Run("a", other) }
		func yesAssigned() { s := user.WithScope("a"); defer s.End(); other() }
		func yesResource() { r := hooks.NewAsyncResource("x"); r.RunInAsyncScope(other) }
		func yesOutcome()  int { x := als.RunFunc(&user, "a", func() int { return 1 }); return x }
		func noOther()     { other(); user.Run("a", other) }
		func noBind()      { als.Bind(other)() }
		func noIf(b bool)  { if b { user.Run("a", other) } }
		func noRead()      { x := user.Get(); _ = x }
		func noEmpty()     {}
		func noEmptyOne()  { ; }
		func yesAfterEmpty() { ; user.Run("a", other) }
		func noBoundCall() { als.Bind(func() { user.Run("a", other) })() }
		func noDeferred()  { defer other(); other() }
		func noReceive(c chan int) { <-c; user.Run("a", other) }
		func noValue()     { x := context.Background(); _ = x }
	`)[0]
	asked := 0
	for _, decl := range action.Package.Syntax[0].Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Name.Name == "other" {
			continue
		}
		asked++
		assert.Equal(t, fn.Name.Name[:1] == "y", place.OwnContext(action.Package.TypesInfo, place.Body(fn)), fn.Name.Name)
	}
	require.Equal(t, 20, asked)
}

func TestFunction(t *testing.T) {
	action := sourcetest.Run(t, without, `package p

		var x = 1

		func f() { _ = func() { _ = 2 }; _ = 3 }
	`)[0]
	for cur := range inspector.New(action.Package.Syntax).Root().Preorder((*ast.BasicLit)(nil), (*ast.FuncLit)(nil)) {
		fn, ok := place.Function(cur)
		switch n := cur.Node().(type) {
		case *ast.FuncLit:
			assert.IsType(t, (*ast.FuncDecl)(nil), fn.Node(), "not itself")
			assert.Equal(t, n.Body, place.Body(n))
		case *ast.BasicLit:
			switch n.Value {
			case "1":
				assert.False(t, ok)
			case "2":
				assert.IsType(t, (*ast.FuncLit)(nil), fn.Node())
			case "3":
				assert.IsType(t, (*ast.FuncDecl)(nil), fn.Node())
			}
		}
	}
	assert.Nil(t, place.Body(action.Package.Syntax[0]))
}

func TestInLoop(t *testing.T) {
	action := sourcetest.Run(t, without, `package p

		func f(list []int) {
			_ = 1
			for range 2 {
				_ = 3
				if len(list) > 4 {
					_ = func() { _ = 5; for { _ = 6 } }
				}
			}
			for len(list) > 7 {
			}
		}
	`)[0]
	var in []string
	for cur := range inspector.New(action.Package.Syntax).Root().Preorder((*ast.BasicLit)(nil)) {
		if place.InLoop(cur) {
			in = append(in, cur.Node().(*ast.BasicLit).Value)
		}
	}
	assert.Equal(t, []string{"2", "3", "4", "6", "7"}, in)
}
