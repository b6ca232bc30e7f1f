package alstest

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWithLastsAsLongAsTheTest(t *testing.T) {
	var s als.Storage[string]
	f := new(fake)
	With(f, &s, "outer")
	f.Cleanup(func() { assert.Equal(t, "outer", s.Get(), "cleanups that come later run earlier") })
	With(f, &s, "inner")
	assert.Equal(t, "inner", s.Get())
	f.end()
	_, ok := s.GetStore()
	assert.False(t, ok)
	assert.Empty(t, f.errors)

	t.Run("real", func(t *testing.T) {
		With(t, &s, "mine")
		t.Run("subtest", func(t *testing.T) {
			_, ok := s.GetStore()
			assert.False(t, ok, "a subtest is a goroutine of its own")
		})
		t.Run("bound subtest", als.Bind(func(*testing.T) { assert.Equal(t, "mine", s.Get()) }))
	})
}

func TestWithElsewhereFailsTheTest(t *testing.T) {
	var s als.Storage[string]
	f := new(fake)
	var id uint64
	testkit.InGoroutine(func() {
		id = goroutine.ID()
		With(f, &s, "store")
	})
	f.end()
	assert.Equal(t, []string{fmt.Sprintf("alstest: With: called on goroutine %d, which is not the test's", id)}, f.errors)
}

func TestCheckIsContentWithATestThatLeavesNothing(t *testing.T) {
	var s als.Storage[string]
	testkit.InGoroutine(func() {
		f := new(fake)
		s.EnterWith("here before")
		Check(f)
		With(f, &s, "store")
		fn, end := forgotten()
		als.Go(fn)
		end()
		s.Run("another", func() {})
		f.end()
		assert.Empty(t, f.errors)
	})
}

func TestCheckWaitsForGoroutinesThatAreAboutToEnd(t *testing.T) {
	var s als.Storage[string]
	testkit.InGoroutine(func() {
		f := new(fake)
		Check(f)
		fn, end := forgotten()
		s.Run("store", func() { als.Go(fn) })
		go end() // sooner or later
		f.end()
		assert.Empty(t, f.errors)
	})
}

func TestCheckFindsStoresOnTheTestsGoroutine(t *testing.T) {
	impatient(t)
	var a, b als.Storage[string]
	testkit.InGoroutine(func() {
		f := new(fake)
		Check(f)
		a.EnterWith("a")
		b.WithScope("b")
		f.end()
		assert.Equal(t, []string{"alstest: the test leaves 2 stores on its goroutine; an EnterWith, or a Scope without End"}, f.errors)
	})
}

// here returns file:line of its caller, some lines further.
func here(further int) string {
	_, file, line, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", file, line+further)
}

func TestCheckNamesGoroutinesAndWhereTheyStarted(t *testing.T) {
	impatient(t)
	var s als.Storage[string]
	for name, leave := range map[string]func(fn func()) (place string){
		"als.Go": func(fn func()) string {
			s.Run("store", func() { als.Go(fn) })
			return here(-1)
		},
		"ExecutionContext.Go": func(fn func()) string {
			var c als.ExecutionContext
			s.Run("store", func() { c = als.Snapshot() })
			c.Go(fn)
			return here(-1)
		},
		"go": func(fn func()) string {
			go s.Run("store", fn)
			return here(-1)
		},
		"EnterWith": func(fn func()) string {
			go func() {
				s.EnterWith("store")
				fn()
			}()
			return here(-4)
		},
		"timer": func(fn func()) string {
			s.Run("store", func() { als.AfterFunc(0, fn) })
			return "time.goFunc"
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := new(fake)
			Check(f)
			id, fn := uint64(0), func() {}
			fn, end := forgotten()
			named := make(chan uint64)
			place := leave(func() {
				named <- goroutine.ID()
				fn()
			})
			id = <-named
			f.end()
			require.Len(t, f.errors, 1)
			assert.Regexp(t, fmt.Sprintf(`^alstest: 1 goroutines still hold stores:\n\ngoroutine %d \[[a-z ]+\] holds stores; it was started by \S+ at %s\n`, id, ".*"), f.errors[0])
			assert.Contains(t, f.errors[0][:len(f.errors[0])-len(stackIn(f.errors[0]))], place)
			assert.Contains(t, stackIn(f.errors[0]), "forgotten")
			end()
		})
	}
}

var tracebackIn = regexp.MustCompile(`(?s)\ngoroutine \d+ \[[^\]]*\]:\n.*`)

func stackIn(message string) string { return tracebackIn.FindString(message) }

func TestAGoroutineThatBeganUnwatchedIsNamedByItsFunction(t *testing.T) {
	text := `goroutine 24 [chan receive]:
example.com/pkg.wait(...)
	/src/wait.go:3
example.com/pkg.serve.func1({0x1, 0x2})
	/src/serve.go:42 +0x25
github.com/seed-1938943e/goroutine/internal/async.Context.run({0x0, 0x0}, 0x2)
	/lib/execution.go:143 +0xb2
github.com/seed-1938943e/goroutine/internal/async.(*task).run(0x0)
	/lib/execution.go:131 +0x8c
created by github.com/seed-1938943e/goroutine/internal/async.Context.start in goroutine 23
	/lib/execution.go:100 +0x1a

goroutine 7 gp=0xc000102000 m=nil mp=0x1 [select, 2 minutes]:
main.main.func2()
	/src/main.go:9 +0x1
created by main.main in goroutine 1
	/src/main.go:8 +0x2

goroutine 1 [running]:
main.main()
	/src/main.go:12 +0x2

no goroutine`
	stacks := stacksOf([]byte(text))
	require.Len(t, stacks, 3)
	assert.Equal(t, "als.Go, with example.com/pkg.serve.func1, now at /src/serve.go:42", startOf(stacks[24]))
	assert.Equal(t, "main.main at /src/main.go:8", startOf(stacks[7]))
	assert.Equal(t, "select, 2 minutes", stacks[7].State)
	assert.Equal(t, "the runtime, with main.main, now at /src/main.go:12", startOf(stacks[1]))
}

func TestHoldersDoNotIncludeTheCaller(t *testing.T) {
	var s als.Storage[string]
	s.Run("store", func() {
		for _, h := range Holders() {
			assert.NotEqual(t, goroutine.ID(), h.Goroutine)
		}
	})
}

// An als.Go goroutine that was started without stores holds none, also where nobody
// can look.
func TestAGoroutineWithoutStoresIsNoHolder(t *testing.T) {
	impatient(t)
	f := new(fake)
	Check(f)
	fn, end := forgotten()
	als.Go(fn)
	f.end()
	assert.Empty(t, f.errors)
	end()
}

func TestMisuse(t *testing.T) {
	assert.PanicsWithValue(t, "alstest: With: storage is nil", func() { With[int](t, nil, 1) })
	assert.PanicsWithValue(t, "alstest: Main: m is nil", func() { Main(nil) })
}

// TestMain of this package, run as a program of its own with a test that leaves a
// goroutine behind.
func TestMainFailsIfAGoroutineHoldsStores(t *testing.T) {
	if os.Getenv("ALSTEST_LEAVE") == "" {
		if testing.Short() {
			t.Skip("-short: starts no processes")
		}
		cmd := exec.Command(os.Args[0], "-test.run=^TestMainFailsIfAGoroutineHoldsStores$")
		cmd.Env = append(os.Environ(), "ALSTEST_LEAVE=1")
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, "%s", out)
		assert.Equal(t, 1, exit.ExitCode())
		assert.Regexp(t, `(?s)alstest: the tests passed, but 1 goroutines still hold stores:\n\ngoroutine \d+ \[select \(no cases\)\] holds stores; `+
			`it was started by \S+TestMainFailsIfAGoroutineHoldsStores\S* at \S+alstest_test.go:\d+\n`, string(out))
		return
	}
	var s als.Storage[string]
	begun := make(chan struct{})
	s.Run("store", func() {
		als.Go(func() {
			close(begun)
			select {}
		})
	})
	<-begun
}
