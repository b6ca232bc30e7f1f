package g_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// Tracebacks are parsed under every setting that changes how they look, with labels and
// function names that look like other parts of one.
func TestTracebacksUnderEverySetting(t *testing.T) {
	const inChild = "G_TEST_TRACEBACK"
	if os.Getenv(inChild) != "" {
		checkTraceback(t)
		return
	}
	checkTraceback(t)
	if testing.Short() {
		t.Skip("-short: starts no processes")
	}
	for _, level := range []string{"none", "single", "all", "system", "crash"} {
		for _, debug := range []string{"", "tracebackancestors=1", "tracebackancestors=50,tracebacklabels=1"} {
			t.Run(fmt.Sprintf("GOTRACEBACK=%s,GODEBUG=%s", level, debug), func(t *testing.T) {
				stdout, stderr, exitCode := testkit.Again(t, inChild+"=1", "GOTRACEBACK="+level, "GODEBUG="+debug)
				require.Zero(t, exitCode, stdout+stderr)
			})
		}
	}
}

type box[T any] struct{ _ T }

// wait is a method with brackets, a star and parentheses in its name.
func (b *box[T]) wait(named chan<- uint64, release <-chan struct{}, _ string, _ struct{ a, b int }) {
	named <- goroutine.ID()
	<-release
}

func checkTraceback(t *testing.T) {
	named, release := make(chan uint64), make(chan struct{})
	defer close(release)
	waiters := make(map[uint64]bool)
	start := func() {
		go new(box[map[string]int]).wait(named, release, "goroutine 9 [running]:", struct{ a, b int }{1, 2})
		waiters[<-named] = true
	}
	start()
	for _, label := range []string{"plain", "a b", "]:", "\n\ngoroutine 7 [running]:\nmain.main()\n", `"}]`, "labels:{"} {
		testkit.InGoroutine(func() {
			pprof.Do(context.Background(), pprof.Labels(label, label), func(context.Context) { start() })
		})
	}
	testkit.InGoroutine(func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		start()
		checkStacks(t, waiters)
	})
}

func checkStacks(t *testing.T, waiters map[uint64]bool) {
	for id := range waiters {
		testkit.AwaitState(t, id, "chan receive")
	}
	traceback := g.Traceback()
	seen := make(map[uint64]bool)
	for s := range g.Stacks(traceback) {
		assert.False(t, seen[s.ID], "goroutine %d twice", s.ID)
		seen[s.ID] = true
		assert.True(t, strings.HasPrefix(s.Text, fmt.Sprintf("goroutine %d ", s.ID)))
		assert.Contains(t, string(traceback), s.Text)
		for _, f := range append(s.Frames, s.Creator) {
			assert.NotContains(t, f.Function, " ", "%s", s.Text)
			assert.NotContains(t, f.Place, " +0x", "%s", s.Text)
			assert.NotContains(t, f.Place, "\t", "%s", s.Text)
		}
		switch {
		case s.ID == goroutine.ID():
			assert.Equal(t, "running, locked to thread", s.State)
			assert.True(t, has(s, "g_test.checkStacks"), "%v", s)
			assert.Contains(t, s.Creator.Function, "InGoroutine")
		case waiters[s.ID]:
			assert.Equal(t, "chan receive", s.State)
			assert.True(t, has(s, "g_test.(*box[...]).wait"), "%v", s)
			assert.True(t, strings.Contains(s.Creator.Function, "checkTraceback"), "%v", s)
			assert.Regexp(t, `^traceback_test\.go:\d+$`, filepath.Base(s.Creator.Place))
			assert.NotZero(t, s.CreatorID)
		}
	}
	for id := range waiters {
		assert.True(t, seen[id], "goroutine %d is not there:\n%s", id, traceback)
	}
	assert.True(t, seen[goroutine.ID()])
	g.ForceLayout(t, 0, 0, 0, goroutine.ID)
	assert.True(t, new(g.Census).Alive(0, goroutine.ID()))
	var c g.Census
	c.Take()
	for id := range waiters {
		assert.Contains(t, c.IDs(), id, "the census lacks a goroutine that waits")
	}
}

func has(s g.Stack, function string) bool {
	for _, f := range s.Frames {
		if strings.HasSuffix(f.Function, function) {
			return true
		}
	}
	return false
}

func TestStacksOfAText(t *testing.T) {
	text := `goroutine 24 [chan receive]:
example.com/pkg.wait(...)
	/src dir/wait +0x.go:3
example.com/pkg.(*T[...]).serve.func1({0x1, 0x2}, 0x3)
	/src/serve.go:42 +0x25 fp=0xc000 sp=0xc001 pc=0x1
...12 frames elided...
main.loop(...)
	/src/main.go:7 fp=0xc000 sp=0xc001 pc=0x1
created by main.main in goroutine 23
	/src/main.go:8 +0x2
[originating from goroutine 23]:
main.main(...)
	/src/main.go:8 +0x2
created by main.other
	/src/other.go:1 +0x2

goroutine 7 [running]:
	goroutine running on other thread; stack unavailable
created by time.goFunc
	/src/sleep.go:1 +0x3

goroutine 18 [running]:
main.finalizer()
	/src/main.go:9 +0x2
[originating from goroutine 1]:
main.main(...)
	/src/main.go:10 +0x2

goroutine 1 [select (no cases)]:
main.main()
	/src/main.go:12 +0x2
exit status 2
`
	var got []g.Stack
	for s := range g.Stacks([]byte(text)) {
		s.Text = ""
		got = append(got, s)
	}
	assert.Equal(t, []g.Stack{
		{ID: 24, State: "chan receive", Frames: []g.Frame{
			{Function: "example.com/pkg.wait", Place: "/src dir/wait +0x.go:3"},
			{Function: "example.com/pkg.(*T[...]).serve.func1", Place: "/src/serve.go:42"},
			{Function: "main.loop", Place: "/src/main.go:7"},
		}, Creator: g.Frame{Function: "main.main", Place: "/src/main.go:8"}, CreatorID: 23},
		{ID: 7, State: "running", Creator: g.Frame{Function: "time.goFunc", Place: "/src/sleep.go:1"}},
		{ID: 18, State: "running", Frames: []g.Frame{{Function: "main.finalizer", Place: "/src/main.go:9"}}},
		{ID: 1, State: "select (no cases)", Frames: []g.Frame{{Function: "main.main", Place: "/src/main.go:12"}}},
	}, got)
	for range g.Stacks([]byte(text)) {
		break // the range panics if the iterator goes on
	}
}
