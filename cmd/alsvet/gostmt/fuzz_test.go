package gostmt_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/gostmt"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// What a fuzzed function is made of. Most of what can confuse a fix is here: names that
// are shadowed, constants without a type, blanks and comments, statements that are no
// place for another one.
var (
	befores = []string{
		"", "als := 1; _ = als", "var go_ = als.Go; _ = go_", "type string int", "type int uint8", "nil := 3; _ = nil",
		"n := uint(2)", "len := func(any) int { return 1 }; _ = len", "p := &t{}; p.self = p", "const n = 1 << 3",
	}
	places = []string{
		"{ GO }", "if true { GO } else { GO }", "for i := range 3 { _ = i; GO }", "for ; ; { GO; break }",
		"switch { case true: GO; fallthrough; default: GO }", "select { default: GO }", "l: GO; goto l", "func() { GO }()",
		"if x := 1; x > 0 { GO }", "defer func() { GO }()", "for ok := true; ok; ok = false { GO }",
	}
	callees = []string{
		"f(ARGS)", "func() { use(s.Get()) }()", "func(a int, b string) { use(a, b, s.Get()) }(ARGS)", "(f)(ARGS)", "p.m(ARGS)", "(*t).m(p, ARGS)",
		"gen(ARGS)", "gen[int](ARGS)", "variadic(ARGS)", "variadic(many()...)", "two(pair())", "func(xs ...int) { use(xs, s.Get()) }(ARGS)",
		"func() func() { return g }()()", "iface(p).m(ARGS)", "print(ARGS)", "close(c)", "c.send(ARGS)", "fs[0](ARGS)", "field.f(ARGS)",
		"func(a int) (b int) { a, b := a, s.Get(); use(a); return b }(ARGS)", "func(_ int, _ string) { use(s.Get()) }(ARGS)",
	}
	arguments = []string{
		"", "1", "1, \"x\"", "1 << n", "'a'", "1.0", "nil", "f", "p", "n, \"x\"", "len(\"x\"), \"y\" /* why */", "<-c", "<-c, <-d", "s.Get(), \"x\"",
		"func() int { return 1 }()", "-1, `a\nb`", "x, y", "*p, \"x\"", "cap([]int{1}), \"\"", "1 +\n\t\t2, \"x\" + \"y\"", "1, // one\n\t\t\"x\"", "(1), (\"x\")",
	}
	names = []string{"als", "x", "y", "f", "c", "p", "n", "s"}
)

// source is a package with one go statement, made by five choices.
func source(before, place, callee, argument, name byte) string {
	call := strings.ReplaceAll(choose(callees, callee), "ARGS", choose(arguments, argument))
	body := strings.ReplaceAll(choose(places, place), "GO", "go "+call)
	return `package fuzzed

import "github.com/seed-1938943e/goroutine/als"

type t struct{ self *t; f func(...any) }
type iface interface{ m(...any) }
func (*t) m(...any) { use(s.Get()) }
type ch chan int
func (ch) send(...any) { use(s.Get()) }

var (
	s als.Storage[int]
	p = new(t)
	fs = []func(...any){f}
	field = *p
)

func use(...any) {}
func f(...any) { use(s.Get()) }
func g() { use(s.Get()) }
func gen[T any](...T) { use(s.Get()) }
func variadic(...int) { use(s.Get()) }
func many() []int { return nil }
func pair() (int, string) { return 1, "" }
func two(int, string) { use(s.Get()) }

func fuzzed(c ch, d chan string, x int, y string) {
	n := 1
	_ = n
	{
		` + choose(names, name) + ` := ` + choose(names, name) + `
		_ = ` + choose(names, name) + `
		` + choose(befores, before) + `
		` + body + `
	}
}
`
}

func choose(from []string, n byte) string { return from[int(n)%len(from)] }

// FuzzFix fixes a go statement of a function that it makes. What is fixed compiles, and has
// nothing left to be fixed.
func FuzzFix(f *testing.F) {
	for i := range byte(22) {
		f.Add(i, i, i, i, i)
		f.Add(byte(0), byte(0), i, byte(2), byte(1))
	}
	// The first source waits for the go command, on a loaded machine longer than the ten
	// seconds that an input may take.
	sourcetest.Run(f, gostmt.Analyzer, `package first; import _ "github.com/seed-1938943e/goroutine/als"`)
	f.Fuzz(func(t *testing.T, before, place, callee, argument, name byte) {
		text := source(before, place, callee, argument, name)
		if sourcetest.Compile(t, text) != nil {
			return
		}
		fixed, n := fix(t, text)
		if n == 0 {
			return
		}
		require.NoError(t, sourcetest.Compile(t, fixed), "%s\n--- fixed:\n%s", text, fixed)
		again, n := fix(t, fixed)
		require.Zero(t, n, "fixed twice:\n%s\n--- then:\n%s", fixed, again)
	})
}

// fix applies the first fix of each finding, and says how many there are.
func fix(t *testing.T, text string) (fixed string, n int) {
	action := sourcetest.Run(t, gostmt.Analyzer, text)[0]
	var edits []analysis.TextEdit
	for _, d := range action.Diagnostics {
		if len(d.SuggestedFixes) > 0 {
			edits = append(edits, d.SuggestedFixes[0].TextEdits...)
			n++
		}
	}
	file := action.Package.Fset.File(action.Package.Syntax[0].FileStart)
	return fixture.Apply(file, []byte(text), edits), n
}
