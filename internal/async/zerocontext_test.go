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

// inZeroContext runs fn in the zero Context and checks the record before and after.
func inZeroContext(t *testing.T, fn func()) {
	defer func() { wantSound(t, currentOrNew()) }()
	defer Context{}.Enter().Leave()
	wantSound(t, currentOrNew())
	fn()
}

// The zero Context holds no stores wherever it is entered. Leaving it restores the outer
// stores after any operation inside, also by a panic or Goexit.
func TestZeroContextStartsWithoutStoresAndRestores(t *testing.T) {
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
		"a context":    func(fn func()) { a.set(2); enter(Context{}, fn); a.want(t, 2) },
		"the zero one": func(fn func()) { inZeroContext(t, fn) },
		"a Run in another context": func(fn func()) {
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
									inZeroContext(t, func() {
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

// through calls fn, on another goroutine if fn exits its goroutine.
func through(fn func(), exits bool) {
	if exits {
		testkit.InGoroutine(fn)
		return
	}
	fn()
}

func TestCapturesInTheZeroContextStay(t *testing.T) {
	testkit.InGoroutine(func() {
		a, b := &variable[int]{}, &variable[string]{}
		var captured []Context
		for i := range 5 {
			inZeroContext(t, func() {
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

func TestZeroContextReleasesStores(t *testing.T) {
	testkit.InGoroutine(func() {
		v, w := &variable[*secret]{}, &variable[int]{}
		inZeroContext(t, func() { v.set(newSecret(1)); w.set(1) })
		require.False(t, slices.ContainsFunc(cellsOf(currentOrNew()), func(c Cell) bool { return c.ptr != nil }))
	})
}

// The zero Context starts without stores on every goroutine, also on one that held some.
func TestZeroContextOnManyGoroutines(t *testing.T) {
	keys := []*variable[int]{{}, {}, {revoke: true}, {}}
	var all sync.WaitGroup
	for n := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			var captured []Context
			for i := range 500 {
				inZeroContext(t, func() {
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

// Entering the zero Context allocates nothing, because the goroutine keeps its cells.
func TestZeroContextAllocatesNothing(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector removes a record that holds nothing")
	}
	if testkit.SlowIDs() {
		t.Skip("asking for the ID of a goroutine allocates here")
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

// Leave drops an array that grew in the zero Context.
func TestZeroContextDropsALargeArray(t *testing.T) {
	testkit.InGoroutine(func() {
		keys := make([]variable[int], 4*firstArray)
		inZeroContext(t, func() {
			for i := range keys {
				keys[i].set(i)
			}
		})
		require.LessOrEqual(t, arraySize(currentOrNew().mask), uint32(firstArray))
		runtime.KeepAlive(keys)
	})
}
