package als_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// A lookup costs one call, that of the assembly, because GetStore and Get are inlined
// into their callers.
func TestLookupsInlineIntoTheirCallers(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: compiles nothing")
	}
	dir := testkit.NewModule(t, map[string]string{"caller.go": inlineProgram})
	build := testkit.GoCommand(t, dir, "build", "-mod=mod", "-gcflags=-m", ".")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	inlined := func(line int, function string) bool {
		for _, l := range strings.Split(string(out), "\n") {
			place, call, ok := strings.Cut(l, ": inlining call to ")
			call = shape.ReplaceAllString(call, "")
			if ok && strings.HasPrefix(place, "./caller.go:"+strconv.Itoa(line)+":") && call == function {
				return true
			}
		}
		return false
	}
	lines := strings.Split(inlineProgram, "\n")
	checked, controls := 0, 0
	defer func() {
		if t.Failed() {
			t.Logf("the compiler says\n%s", out)
		}
	}()
	for i, l := range lines {
		if _, function, ok := strings.Cut(l, "// inlines "); ok {
			assert.True(t, inlined(i+1, function), l)
			checked++
		}
		if _, function, ok := strings.Cut(l, "// does not inline "); ok {
			assert.False(t, inlined(i+1, function), l)
			controls++
		}
	}
	assert.Equal(t, 10, checked)
	assert.Equal(t, 3, controls)
}

// shape matches the type argument in the compiler's name of a generic instance.
var shape = regexp.MustCompile(`\[go\.shape\..*\]`)

const inlineProgram = `package caller

import "github.com/seed-1938943e/goroutine/als"

type user struct{ name string }

var (
	i als.Storage[int]
	p als.Storage[*user]
	s = als.New[string]()
	e als.Storage[error]
	b als.Storage[[8]int]
)

func i1() (int, bool)    { return i.GetStore() } // inlines als.(*Storage).GetStore
func i2() int            { return i.Get() }      // inlines als.(*Storage).Get
func p1() (*user, bool)  { return p.GetStore() } // inlines als.(*Storage).GetStore
func p2() *user          { return p.Get() }      // inlines als.(*Storage).Get
func s1() (string, bool) { return s.GetStore() } // inlines als.(*Storage).GetStore
func s2() string         { return s.Get() }      // inlines als.(*Storage).Get
func e1() (error, bool)  { return e.GetStore() } // inlines als.(*Storage).GetStore
func e2() error          { return e.Get() }      // inlines als.(*Storage).Get
func b1() ([8]int, bool) { return b.GetStore() } // inlines als.(*Storage).GetStore
func b2() [8]int         { return b.Get() }      // inlines als.(*Storage).Get

func no1(f func()) { i.Run(1, f) } // does not inline als.(*Storage).Run
func no2(f func()) { als.Bind(f) } // does not inline als.Bind
func no3(f func()) { als.Go(f) }   // does not inline als.Go
`
