package als_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An enclosure is a way to run a function in an execution context of its own.
type enclosure struct {
	name string
	run  func(s *als.Storage[int], store int, f func())
}

var enclosures = []enclosure{
	{"Run", func(s *als.Storage[int], store int, f func()) { s.Run(store, f) }},
	{"RunFunc", func(s *als.Storage[int], store int, f func()) {
		als.RunFunc(s, store, func() int { f(); return 0 })
	}},
	{"Exit", func(s *als.Storage[int], store int, f func()) {
		s.Exit(func() { s.EnterWith(store); f() })
	}},
	{"ExitFunc", func(s *als.Storage[int], store int, f func()) {
		als.ExitFunc(s, func() int { s.EnterWith(store); f(); return 0 })
	}},
	{"Scope", func(s *als.Storage[int], store int, f func()) {
		defer s.WithScope(store).End()
		f()
	}},
	{"Run over Scope", func(s *als.Storage[int], store int, f func()) {
		defer s.WithScope(-store).End()
		s.Run(store, f)
	}},
	{"Scope left open in Run", func(s *als.Storage[int], store int, f func()) {
		s.Run(-store, func() { s.WithScope(store); f() })
	}},
	{"ExecutionContext.Run", func(s *als.Storage[int], store int, f func()) {
		als.Snapshot().Run(func() { s.EnterWith(store); f() })
	}},
	{"ExecutionContext.Run, captured", func(s *als.Storage[int], store int, f func()) {
		var c als.ExecutionContext
		als.Snapshot().Run(func() { s.EnterWith(store); c = als.Snapshot() })
		c.Run(f)
	}},
	{"Bind", func(s *als.Storage[int], store int, f func()) {
		als.Bind(func() { s.EnterWith(store); f() })()
	}},
	{"Bind, shaped", func(s *als.Storage[int], store int, f func()) {
		als.Bind(func(int) error { s.EnterWith(store); f(); return nil })(0)
	}},
	{"Bind, reflect", func(s *als.Storage[int], store int, f func()) {
		als.Bind(func(...bool) { s.EnterWith(store); f() })(true)
	}},
	{"among others", func(s *als.Storage[int], store int, f func()) {
		var others [9]als.Storage[int]
		s.Run(store, func() {
			for i := range others {
				others[i].EnterWith(i)
			}
			f()
		})
	}},
}

// waysToEnd are the ways in which the function inside an enclosure can end.
var waysToEnd = []struct {
	name string
	end  func()
}{
	{"return", func() {}},
	{"panic", func() { panic(errUnwind) }},
	{"runtime error", func() { _ = make([]int, minusOne) }},
	{"panic from a deferred function", func() { defer panic(errUnwind); panic("first") }},
	{"panic, recovered and again", func() {
		defer func() { panic(recover()) }()
		panic(errUnwind)
	}},
	{"Goexit", runtime.Goexit},
	{"Goexit from a deferred function", func() { defer runtime.Goexit(); panic("first") }},
	{"Goexit, and a panic on its way that is recovered", func() {
		defer func() { recover() }()
		defer panic("on the way")
		runtime.Goexit()
	}},
}

var (
	errUnwind = errors.New("unwind")
	minusOne  = -1
)

// Every enclosure in every other, ended in every way, restores the store of the outer one,
// for a deferred function as well as after a recover.
func TestEveryEnclosureRestoresHoweverItEnds(t *testing.T) {
	for _, revoke := range []bool{false, true} {
		for _, outer := range enclosures {
			for _, inner := range enclosures {
				for _, way := range waysToEnd {
					name := fmt.Sprintf("revoke=%t/%s/%s/%s", revoke, outer.name, inner.name, way.name)
					s := als.New(als.Options[int]{RevokeOnEnd: revoke})
					var deferred []string
					see := func(when string, want int) {
						if got := s.Get(); got != want {
							t.Errorf("%s: %s: got %d, want %d", name, when, got, want)
						}
						deferred = append(deferred, when)
					}
					testkit.InGoroutine(func() {
						s.EnterWith(1)
						defer see("the goroutine's end", 1)
						outer.run(s, 2, func() {
							defer see("outer's end", 2)
							inner.run(s, 3, func() {
								defer see("inner's end", 3)
								defer s.EnterWith(3)
								s.EnterWith(4)
								if strings.HasPrefix(way.name, "Goexit") {
									way.end()
									return
								}
								func() {
									defer func() { recover() }()
									inner.run(s, 5, way.end)
								}()
								see("a recover", 4)
							})
							see("inner", 2)
							func() {
								defer func() {
									v := recover()
									see("recover around inner", 2)
									if way.name != "return" && !strings.HasPrefix(way.name, "Goexit") && v == nil {
										t.Errorf("%s: no panic reached the recover", name)
									}
								}()
								inner.run(s, 6, way.end)
							}()
							see("after the recover", 2)
						})
						see("outer", 1)
					})
					if !strings.HasPrefix(way.name, "Goexit") && len(deferred) != 8 {
						t.Errorf("%s: %d looks, want 8: %q", name, len(deferred), deferred)
					}
					if strings.HasSuffix(way.name, "Goexit") && len(deferred) != 3 {
						t.Errorf("%s: %d looks, want 3: %q", name, len(deferred), deferred)
					}
				}
			}
		}
	}
}

func TestPanicsPassThroughEveryEnclosureUnchanged(t *testing.T) {
	type value struct{ *int }
	for _, e := range enclosures {
		var s als.Storage[int]
		v := value{new(int)}
		assert.Equal(t, v, testkit.Caught(func() { e.run(&s, 1, func() { panic(v) }) }), e.name)
		wantNone(t, &s, e.name)
		got := testkit.Caught(func() { e.run(&s, 1, func() { panic(nil) }) }) //nolint:govet // PanicNilError
		assert.IsType(t, new(runtime.PanicNilError), got, e.name)
		wantNone(t, &s, e.name)
		got = testkit.Caught(func() { e.run(&s, 1, func() { _ = make([]int, minusOne) }) })
		assert.Implements(t, (*runtime.Error)(nil), got, e.name)
		wantNone(t, &s, e.name)
	}
}

// This package never recovers and panics again, so the stack of a panic shows its origin.
func TestTracebackOfAPanicStartsAtItsOrigin(t *testing.T) {
	for _, e := range enclosures {
		var s als.Storage[int]
		var stack string
		func() {
			defer func() {
				recover()
				buf := make([]byte, 1<<14)
				stack = string(buf[:runtime.Stack(buf, false)])
			}()
			e.run(&s, 1, panicsHere)
		}()
		assert.Contains(t, stack, "als_test.panicsHere", e.name)
	}
}

//go:noinline
func panicsHere() { panic("here") }

// A panic restores before functions deferred further out run, not only before a recover.
func TestDeferredFunctionsFurtherOutSeeTheirOwnStores(t *testing.T) {
	for _, e := range enclosures {
		var s als.Storage[int]
		var seen []int
		testkit.InGoroutine(func() {
			defer func() { recover() }()
			defer func() { seen = append(seen, s.Get()) }()
			s.EnterWith(1)
			defer func() { seen = append(seen, s.Get()) }()
			e.run(&s, 2, func() {
				defer func() { seen = append(seen, s.Get()) }()
				e.run(&s, 3, func() {
					defer func() { seen = append(seen, s.Get()) }()
					panic("x")
				})
			})
		})
		assert.Equal(t, []int{3, 2, 1, 1}, seen, e.name)
	}
}

// Deferred functions may enter enclosures while a panic or a Goexit is in progress.
func TestEnclosuresInsideDeferredFunctions(t *testing.T) {
	for _, e := range enclosures {
		for _, way := range []func(){func() { panic("x") }, runtime.Goexit, func() {}} {
			var s als.Storage[int]
			done := false
			testkit.InGoroutine(func() {
				defer func() { recover() }()
				defer wantStore(t, &s, 1, e.name)
				defer func() {
					e.run(&s, 3, func() {
						wantStore(t, &s, 3, e.name)
						assert.Equal(t, "nested", testkit.Caught(func() { e.run(&s, 4, func() { panic("nested") }) }))
						wantStore(t, &s, 3, e.name)
					})
					wantStore(t, &s, 2, e.name)
					s.EnterWith(1)
					done = true
				}()
				s.EnterWith(2)
				way()
			})
			assert.True(t, done)
		}
	}
}

func TestRecoverInsideDoesNotEndTheRun(t *testing.T) {
	for _, e := range enclosures {
		var s als.Storage[int]
		e.run(&s, 1, func() {
			for range 10 {
				func() {
					defer func() { recover() }()
					panic("x")
				}()
				wantStore(t, &s, 1, e.name)
			}
		})
		wantNone(t, &s, e.name)
	}
}

func TestDeepUnwindingRestoresEveryLevel(t *testing.T) {
	var s als.Storage[int]
	const depth = 500
	var seen []int
	var down func(i int)
	down = func(i int) {
		if i == depth {
			panic("bottom")
		}
		defer func() { seen = append(seen, s.Get()) }()
		e := enclosures[i%len(enclosures)]
		e.run(&s, i+1, func() { down(i + 1) })
	}
	assert.Equal(t, "bottom", testkit.Caught(func() { down(0) }))
	wantNone(t, &s)
	for i, got := range seen {
		require.Equal(t, depth-1-i, got)
	}
}

func TestGoexitInAGoroutineThatAlsStartedEndsOnlyThat(t *testing.T) {
	var s als.Storage[int]
	s.Run(1, func() {
		c := als.Snapshot()
		for _, start := range []func(func()){als.Go, c.Go, func(f func()) { als.AfterFunc(0, f) }} {
			ran := false
			testkit.Through(start, func() {
				defer func() { ran = true }()
				wantStore(t, &s, 1)
				s.Run(2, runtime.Goexit)
				t.Error("Run returned after a Goexit")
			})
			assert.True(t, ran)
			wantStore(t, &s, 1)
		}
	})
}

func TestPanicInAGoroutineThatAlsStartedEndsTheProgram(t *testing.T) {
	var s als.Storage[int]
	ways := map[string]func(func()){
		"Go":                      func(f func()) { s.Run(1, func() { als.Go(f) }) },
		"Go without stores":       als.Go,
		"ExecutionContext.Go":     func(f func()) { s.Run(1, func() { als.Snapshot().Go(f) }) },
		"zero ExecutionContext":   als.ExecutionContext{}.Go,
		"AfterFunc":               func(f func()) { s.Run(1, func() { als.AfterFunc(0, f) }) },
		"AfterFunc without":       func(f func()) { als.AfterFunc(0, f) },
		"Go of a bound function":  func(f func()) { als.Go(als.Bind(f)) },
		"go, with Run around it":  func(f func()) { go s.Run(1, f) },
		"go, with Scope around":   func(f func()) { go func() { defer s.WithScope(1).End(); f() }() },
		"Go, deferred re-panic":   func(f func()) { als.Go(func() { defer func() { panic(recover()) }(); f() }) },
		"Go in Go":                func(f func()) { als.Go(func() { als.Go(f) }) },
		"Go, recovered too late":  func(f func()) { defer func() { recover() }(); als.Go(f) },
		"snapshot run in another": func(f func()) { c := als.Snapshot(); go c.Run(f) },
	}
	if way := os.Getenv("ALS_TEST_PANIC"); way != "" {
		ways[way](func() { panic("the reason") })
		time.Sleep(time.Minute) // for the panic, which ends the sleep
		os.Exit(0)
	}
	if testing.Short() {
		t.Skip("-short: starts no processes")
	}
	for way := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, exitCode := testkit.Again(t, "ALS_TEST_PANIC="+way, "GOMAXPROCS=1")
			assert.Equal(t, 2, exitCode, stdout+stderr)
			assert.Contains(t, stderr, "panic: the reason")
		})
	}
}
