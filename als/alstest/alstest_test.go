package alstest

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/race"
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

func TestCheckPassesATestThatLeavesNoStore(t *testing.T) {
	patient(t)
	var s als.Storage[string]
	testkit.InGoroutine(func() {
		f := new(fake)
		s.EnterWith("before Check")
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
	patient(t)
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
		assert.Equal(t, []string{"alstest: the test leaves stores of string, string on its goroutine; an EnterWith, or a Scope without End"}, f.errors)
	})
}

// here returns, as file:line, the line that is further lines below that of the call.
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
			fn, end := forgotten()
			named := make(chan uint64)
			place := leave(func() {
				named <- goroutine.ID()
				fn()
			})
			id := <-named
			testkit.AwaitState(t, id, "chan receive")
			f.end()
			require.Len(t, f.errors, 1)
			stores := "stores of string"
			if race.Enabled && !strings.HasSuffix(name, ".Go") {
				stores = "stores" // only the goroutine itself may read their names
			}
			assert.Regexp(t, fmt.Sprintf(`^alstest: 1 goroutine still holds stores:\n\ngoroutine %d \[[a-z ]+\] holds %s; it was started by \S+ at .*\n`, id, stores), f.errors[0])
			assert.Contains(t, f.errors[0][:len(f.errors[0])-len(stackIn(f.errors[0]))], place)
			assert.Contains(t, stackIn(f.errors[0]), "forgotten")
			end()
		})
	}
}

var tracebackIn = regexp.MustCompile(`(?s)\ngoroutine \d+ \[[^\]]*\]:\n.*`)

func stackIn(message string) string { return tracebackIn.FindString(message) }

func TestHoldersDoNotIncludeTheCaller(t *testing.T) {
	var s als.Storage[string]
	s.Run("store", func() {
		for _, h := range Holders() {
			assert.NotEqual(t, goroutine.ID(), h.Goroutine)
		}
	})
}

// An als.Go goroutine that was started without stores holds none, also where its record
// cannot be read.
func TestAGoroutineWithoutStoresIsNoHolder(t *testing.T) {
	patient(t)
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

// left runs t in a program of its own and returns its output. The program must fail,
// because the test leaves a goroutine behind.
func left(t *testing.T, env ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: starts no processes")
	}
	stdout, stderr, exitCode := testkit.Again(t, append(env, leaving+"=1")...)
	require.Equal(t, 1, exitCode, stdout+stderr)
	return stdout + stderr
}

// leaving is set in the environment of those programs.
const leaving = "ALSTEST_LEAVE"

// settings change how tracebacks look, or when a new goroutine runs.
var settings = []string{
	"GOMAXPROCS=1",
	"GODEBUG=tracebackancestors=10,tracebacklabels=1",
	"GODEBUG=tracebacklabels=0",
	"GOTRACEBACK=none",
	"GOTRACEBACK=single",
	"GOTRACEBACK=all",
	"GOTRACEBACK=system",
	"GOTRACEBACK=crash",
}

func TestMainFailsIfAGoroutineHoldsStores(t *testing.T) {
	if os.Getenv(leaving) == "" {
		for _, env := range settings {
			out := left(t, env)
			assert.Regexp(t, `(?s)alstest: the tests passed, but 1 goroutine still holds stores:\n\n`+
				`goroutine \d+ \[(select \(no cases\)|runnable)\] holds stores of \*int, user; `+
				`it was started by \S+TestMainFailsIfAGoroutineHoldsStores\S* at \S+alstest_test.go:\d+\n`, out, env)
		}
		return
	}
	patience = time.Millisecond
	labels := pprof.Labels("a \"label\"]:\n\ngoroutine 7 [select]:", "}")
	pprof.Do(context.Background(), labels, func(context.Context) {
		new(als.Storage[*int]).Run(nil, func() {
			als.New(als.Options[string]{Name: "user"}).Run("alice", func() {
				als.Go(func() { select {} }) // does not run before the test ends
			})
		})
	})
}

func TestCheckFindsAGoroutineThatHasNotRun(t *testing.T) {
	if os.Getenv(leaving) == "" {
		for _, env := range settings {
			out := left(t, env)
			for _, start := range []string{"als.Go", "Snapshot", "Bind", "go"} {
				stores := "stores of " + start
				if race.Enabled && start != "als.Go" && start != "Snapshot" {
					stores = "stores"
				}
				assert.Regexp(t, `(?s)TestCheckFindsAGoroutineThatHasNotRun/`+start+` .*holds `+stores+`;`, out, "%s with %s", start, env)
			}
		}
		return
	}
	patience = time.Millisecond
	forever := func() { select {} }
	for name, start := range map[string]func(s *als.Storage[int]){
		"als.Go":   func(s *als.Storage[int]) { s.Run(1, func() { als.Go(forever) }) },
		"Snapshot": func(s *als.Storage[int]) { als.RunFunc(s, 1, als.Snapshot).Go(forever) },
		"Bind":     func(s *als.Storage[int]) { go als.RunFunc(s, 1, func() func() { return als.Bind(forever) })() },
		"go":       func(s *als.Storage[int]) { go s.Run(1, forever) },
	} {
		t.Run(name, func(t *testing.T) {
			Check(t)
			start(als.New(als.Options[int]{Name: name}))
		})
	}
}

// A revoked store keeps nothing alive, so it does not count.
func TestRevokedStoresAreNotHeld(t *testing.T) {
	if !race.Enabled && !g.StatusKnown() {
		t.Skip("parked goroutines cannot be told from running ones here, so their stores cannot be read")
	}
	f := new(fake)
	Check(f)
	fn, end := forgotten()
	als.New(als.Options[int]{RevokeOnEnd: true}).Run(1, func() {
		defer als.LeaseContext(t.Context()).End()
		als.Go(fn)
	})
	f.end()
	assert.Empty(t, f.errors)
	end()
}

// A test fails for goroutines that descend from its own, and not for those that may
// be of another test that runs at the same time.
func TestCheckInTestsThatRunAtTheSameTime(t *testing.T) {
	impatient(t)
	s := als.New(als.Options[string]{Name: "user"})
	const tests = 4
	var started, checked sync.WaitGroup
	started.Add(tests)
	checked.Add(tests)
	errors := make([][]string, tests)
	ends := make([]func(), tests)
	leave := [tests]func(fn func()){
		func(fn func()) { s.Run("0", func() { als.Go(fn) }) },
		func(fn func()) { s.Run("1", func() { exited(t, als.Bind(func() { als.Go(fn) })) }) },
		func(fn func()) { exited(t, func() { go s.Run("2", fn) }) },
		func(fn func()) { als.Go(fn) },
	}
	var ended sync.WaitGroup
	for i := range tests { // t.Parallel would have only as many run at once as there are processors
		ended.Add(1)
		go func() {
			defer ended.Done()
			t.Run(fmt.Sprint(i), func(*testing.T) {
				f := new(fake)
				Check(f)
				fn, end := forgotten()
				ends[i] = end
				leave[i](fn)
				started.Done()
				started.Wait()
				f.end()
				errors[i] = f.errors
				checked.Done()
				checked.Wait()
			})
		}()
	}
	ended.Wait()
	for i, want := range [tests]int{1, 0, 0, 0} {
		assert.Len(t, errors[i], want, "test %d: %s", i, errors[i])
	}
	if len(errors[0]) == 1 {
		assert.Contains(t, errors[0][0], "alstest: 1 goroutine still holds stores")
	}
	testkit.Eventually(t, "three hold stores: the starters of two have ended; Main would report them", func() bool { return len(Holders()) == 3 })
	for _, end := range ends {
		end()
	}
}
