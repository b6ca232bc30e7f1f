package async

import (
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// clean runs fn in a clean context and checks the record before and after.
func clean(t *testing.T, fn func()) {
	defer func() { wantSound(t, currentOrNew()) }()
	defer Context{}.Enter().Leave()
	wantSound(t, currentOrNew())
	fn()
}

// A context that starts clean holds no stores wherever it starts. Its end restores the
// outer stores after any operation inside, also by panic or Goexit.
func TestCleanStartsAndEndsClean(t *testing.T) {
	a, b, revoked := &variable[int]{}, &variable[string]{}, &variable[int]{revoke: true}
	around := map[string]func(fn func()){
		"nothing": func(fn func()) { fn() },
		"a store": func(fn func()) {
			a.set(1)
			fn()
			a.want(t, 1)
		},
		"a Run":   func(fn func()) { a.run(1, func() { fn(); a.want(t, 1) }); a.wantNone(t) },
		"an Exit": func(fn func()) { b.exit(fn); b.wantNone(t) },
		"a scope": func(fn func()) { n := b.scope("scope"); fn(); b.want(t, "scope"); n.End(); b.wantNone(t) },
		"a capture": func(fn func()) {
			a.set(1)
			c := Capture()
			fn()
			a.want(t, 1)
			enter(c, fn)
			a.want(t, 1)
		},
		"a context":   func(fn func()) { a.set(2); enter(Context{}, fn); a.want(t, 2) },
		"a clean one": func(fn func()) { clean(t, fn) },
		"a Run in an away context": func(fn func()) {
			a.set(3)
			enter(Context{}, func() { b.run("b", func() {}); fn() })
			a.want(t, 3)
		},
	}
	inside := map[string]func(){
		"nothing":          func() {},
		"EnterWith":        func() { a.set(5); b.set("left") },
		"EnterWith, taken": func() { a.set(5); Capture(); b.set("left"); Capture() },
		"a scope":          func() { a.scope(5); b.set("left") },
		"a revocable":      func() { revoked.set(5); revoked.scope(6) },
		"Run":              func() { a.run(5, func() { b.set("left") }) },
		"Goexit":           func() { b.set("left"); a.run(5, runtime.Goexit) },
	}
	for where, around := range around {
		for what, do := range inside {
			t.Run(where+"/"+what, func(t *testing.T) {
				for range 2 {
					testkit.InGoroutine(func() {
						around(func() {
							for range 3 {
								through(func() {
									clean(t, func() {
										a.wantNone(t)
										b.wantNone(t)
										revoked.wantNone(t)
										do()
									})
								}, what == "Goexit")
							}
						})
					})
				}
			})
		}
	}
}

// through calls fn, or, where it ends its goroutine, has another do so.
func through(fn func(), exits bool) {
	if exits {
		testkit.InGoroutine(fn)
		return
	}
	fn()
}

func TestWhatWasCapturedInACleanContextStays(t *testing.T) {
	testkit.InGoroutine(func() {
		a, b := &variable[int]{}, &variable[string]{}
		var captured []Context
		for i := range 5 {
			clean(t, func() {
				a.set(i)
				b.set("b")
				captured = append(captured, Capture())
			})
		}
		a.wantNone(t)
		for i, c := range captured {
			enter(c, func() { a.want(t, i) })
		}
	})
}

func TestCleanReleasesStores(t *testing.T) {
	testkit.InGoroutine(func() {
		v, w := &variable[*secret]{}, &variable[int]{}
		clean(t, func() { v.set(newSecret(1)); w.set(1) })
		require.False(t, slices.ContainsFunc(cellsOf(currentOrNew()), func(c Cell) bool { return c.ptr != nil }))
	})
}

// The zero context starts without stores in every goroutine, also in one that held some.
func TestCleanContextsOfManyGoroutines(t *testing.T) {
	keys := []*variable[int]{{}, {}, {revoke: true}, {}}
	var all sync.WaitGroup
	for n := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			var captured []Context
			for i := range 500 {
				clean(t, func() {
					for _, k := range keys {
						k.wantNone(t)
					}
					keys[i%3].set(1000*n + i)
					keys[3].run(n, func() {
						if i%5 == 0 {
							captured = append(captured, Capture())
						}
						runtime.Gosched()
						keys[3].want(t, n)
					})
					keys[i%3].want(t, 1000*n+i)
				})
			}
			for j, c := range captured {
				i := 5 * j
				enter(c, func() {
					keys[i%3].want(t, 1000*n+i)
					keys[3].want(t, n)
				})
			}
		}()
	}
	all.Wait()
}

// The cells stay with the goroutine. (Under the race detector a record that holds
// nothing does not stay.)
func TestCleanContextAllocatesNothing(t *testing.T) {
	if race.Enabled {
		t.Skip("a record that holds nothing is taken out")
	}
	testkit.InGoroutine(func() {
		a, b := &variable[int]{}, &variable[string]{}
		work := func() {
			defer Context{}.Enter().Leave()
			a.set(1)
			b.set("b")
		}
		work()
		require.Zero(t, testing.AllocsPerRun(100, work))
	})
}

// Leave drops an array that grew in a clean context.
func TestCleanContextDropsALargeArray(t *testing.T) {
	testkit.InGoroutine(func() {
		keys := make([]variable[int], 4*firstArray)
		clean(t, func() {
			for i := range keys {
				keys[i].set(i)
			}
		})
		require.LessOrEqual(t, arraySize(currentOrNew().mask), uint32(firstArray))
		runtime.KeepAlive(keys)
	})
}
