package gls

import (
	"iter"
	"maps"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
	inner "github.com/seed-1938943e/goroutine/internal/table"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

func TestZeroTable(t *testing.T) {
	var table Table[int]
	assert.Nil(t, table.Load())
	assert.Zero(t, table.Len())
	for range table.All() {
		t.Error("an entry")
	}
	table.Delete()
	table.Store(nil)
	assert.Nil(t, table.Load())
	assert.Zero(t, table.Len())
	table.entries.Range(func(*inner.Entry) bool { t.Error("an entry for nothing"); return false })
}

func TestStoreLoadDelete(t *testing.T) {
	var table Table[int]
	one, two := new(int), new(int)
	table.Store(one)
	require.Same(t, one, table.Load())
	table.Store(two)
	require.Same(t, two, table.Load())
	require.Equal(t, map[uint64]*int{goroutine.ID(): two}, maps.Collect(table.All()))
	table.Delete()
	require.Nil(t, table.Load())
	require.Zero(t, table.Len())
	table.Delete()
	table.Store(one)
	require.Same(t, one, table.Load())
	require.Equal(t, 1, table.Len())
	table.Store(nil)
	require.Nil(t, table.Load())
	require.Zero(t, table.Len())
}

func TestTablesAreSeparate(t *testing.T) {
	var a, b Table[int]
	v := new(int)
	a.Store(v)
	require.Nil(t, b.Load())
	b.Store(nil)
	require.Same(t, v, a.Load())
	require.Zero(t, b.Len())
}

// A new goroutine has no value, even if its creator has one, and storing one does not
// change the creator's.
func TestValuesDoNotFollow(t *testing.T) {
	var table Table[int]
	mine := new(int)
	table.Store(mine)
	testkit.InGoroutine(func() {
		assert.Nil(t, table.Load())
		table.Delete()
		table.Store(new(int))
		assert.NotSame(t, mine, table.Load())
	})
	require.Same(t, mine, table.Load())
}

// A goroutine on a reused g finds no value of the last one, and then only its own.
func TestReuseOfAG(t *testing.T) {
	var table Table[uint64]
	var local Local[uint64]
	var mu sync.Mutex
	pointers := make(map[uintptr]int)
	n := testkit.ScaledByG(t, 100_000)
	var done sync.WaitGroup
	for range 4 {
		done.Add(1)
		go func() {
			defer done.Done()
			for i := range n / 4 {
				testkit.InGoroutine(func() {
					if v := table.Load(); v != nil {
						t.Errorf("goroutine %d finds the value of %d", goroutine.ID(), *v)
					}
					if v, ok := local.Get(); ok || v != 0 {
						t.Errorf("goroutine %d finds the value of %d", goroutine.ID(), v)
					}
					id := goroutine.ID()
					table.Store(&id)
					local.Set(id)
					if i%8 == 0 {
						runtime.Gosched()
					}
					if v := table.Load(); v != &id {
						t.Errorf("goroutine %d loads %p, want %p", id, v, &id)
					}
					if v, ok := local.Get(); !ok || v != id {
						t.Errorf("goroutine %d gets %d, %t, want its ID, true", id, v, ok)
					}
					mu.Lock()
					defer mu.Unlock()
					pointers[goroutine.Pointer()]++
				}) // and leave both behind
			}
		}()
	}
	done.Wait()
	require.Less(t, len(pointers), n, "no g was reused")
	t.Logf("%d goroutines on %d gs", n, len(pointers))
	testkit.Eventually(t, "no entries are left", func() bool { return table.Len() == 0 && local.table.Len() == 0 })
}

// All yields, and Len counts, the live goroutines that have a value, and no others.
func TestAll(t *testing.T) {
	var table Table[uint64]
	want := make(map[uint64]*uint64)
	var mu sync.Mutex
	n := testkit.AtOnce(t, 2000)
	release := park(n, func(i int) {
		id := goroutine.ID()
		table.Store(&id)
		if i%3 == 0 {
			table.Delete()
			return
		}
		mu.Lock()
		want[id] = &id
		mu.Unlock()
	})
	park(n, func(int) { table.Store(new(uint64)) })()
	testkit.Eventually(t, "the entries of exited goroutines are gone", func() bool { return table.Len() == len(want) })
	got := make(map[uint64]*uint64)
	for id, v := range table.All() {
		require.Equal(t, id, *v)
		require.NotContains(t, got, id, "twice")
		got[id] = v
	}
	require.Equal(t, want, got)
	release()
	testkit.Eventually(t, "no entries are left", func() bool { return table.Len() == 0 })
}

func TestAllStopsEarly(t *testing.T) {
	var table Table[int]
	release := park(10, func(i int) { table.Store(&i) })
	defer release()
	all := table.All()
	for range 2 { // the iterator can be used again
		n := 0
		for range all {
			if n++; n == 3 {
				break
			}
		}
		require.Equal(t, 3, n)
	}
	next, stop := iter.Pull2(all)
	_, v, ok := next()
	require.True(t, ok)
	require.NotNil(t, v)
	stop()
}

// The body of a loop over All may itself store and delete.
func TestAllWhileItsCallerStores(t *testing.T) {
	var table Table[int]
	release := park(10, func(i int) { table.Store(&i) })
	defer release()
	mine := new(int)
	yielded := 0
	for range table.All() {
		yielded++
		table.Store(mine)
		table.Delete()
		table.Store(mine)
		require.Equal(t, 11, table.Len())
	}
	require.GreaterOrEqual(t, yielded, 10)
	require.LessOrEqual(t, yielded, 11)
}

// While goroutines start, exit and make the table grow, All yields each goroutine that
// was there all the time, once and with its own value.
func TestAllDuringGrowthAndExits(t *testing.T) {
	var table Table[uint64]
	steady := make(map[uint64]bool)
	var mu sync.Mutex
	release := park(100, func(int) {
		id := goroutine.ID()
		table.Store(&id)
		mu.Lock()
		steady[id] = true
		mu.Unlock()
	})
	stop := make(chan struct{})
	var looking sync.WaitGroup
	look := func() {
		seen := make(map[uint64]bool)
		found := 0
		for id, v := range table.All() {
			if seen[id] || *v != id {
				t.Errorf("goroutine %d: seen %v, with the value of %d", id, seen[id], *v)
			}
			seen[id] = true
			if steady[id] {
				found++
			}
		}
		if found != len(steady) {
			t.Errorf("All saw %d of the %d that were there all the time", found, len(steady))
		}
	}
	for range 2 {
		looking.Add(1)
		go func() {
			defer looking.Done()
			for !testkit.Closed(stop) {
				look()
				runtime.Gosched() // or nothing else runs on one thread, as in wasm
			}
		}()
	}
	for range 5 {
		park(testkit.AtOnce(t, 5000), func(int) {
			id := goroutine.ID()
			table.Store(&id)
		})()
		runtime.GC() // a sweep
	}
	close(stop)
	looking.Wait()
	look()
	release()
}

// No value stays after a Goexit or a panic, and a recovered goroutine keeps its own.
func TestExitByGoexitAndPanic(t *testing.T) {
	var table Table[int]
	testkit.InGoroutine(func() {
		table.Store(new(int))
		runtime.Goexit()
	})
	testkit.InGoroutine(func() {
		defer func() {
			assert.Equal(t, "p", recover())
			assert.NotNil(t, table.Load(), "a recovered goroutine goes on with its value")
		}()
		table.Store(new(int))
		panic("p")
	})
	testkit.Eventually(t, "no entries are left", func() bool { return table.Len() == 0 })
}

func TestLockedToAThread(t *testing.T) {
	var table Table[int]
	testkit.InGoroutine(func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		v := new(int)
		table.Store(v)
		for range 100 {
			runtime.Gosched()
			assert.Same(t, v, table.Load())
		}
	})
	testkit.InGoroutine(func() {
		v := new(int)
		table.Store(v)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		testkit.InGoroutine(func() { assert.Nil(t, table.Load()) })
		assert.Same(t, v, table.Load())
	})
}

// The body of an iter.Pull is a goroutine of its own.
func TestPulledIterator(t *testing.T) {
	var table Table[string]
	outside, inside := "outside", "inside"
	table.Store(&outside)
	next, stop := iter.Pull(func(yield func(*string) bool) {
		if !yield(table.Load()) {
			return
		}
		table.Store(&inside)
		yield(table.Load())
	})
	defer stop()
	first, _ := next()
	assert.Nil(t, first)
	second, _ := next()
	assert.Same(t, &inside, second)
	assert.Same(t, &outside, table.Load())
	assert.Equal(t, 2, table.Len())
}

// Values stay valid while their goroutine's stack moves.
func TestStackGrowth(t *testing.T) {
	var table Table[[4]int]
	var local Local[[4]int]
	testkit.InGoroutine(func() {
		v := [4]int{1, 2, 3, 4}
		table.Store(&v)
		local.Set(v)
		testkit.AtDepth(2000, func() {
			runtime.GC()
			assert.Same(t, &v, table.Load())
			local.Set([4]int{4, 3, 2, 1})
		})
		runtime.GC() // and the stack shrinks
		assert.Same(t, &v, table.Load())
		assert.Equal(t, [4]int{1, 2, 3, 4}, *table.Load())
		got, ok := local.Get()
		assert.True(t, ok)
		assert.Equal(t, [4]int{4, 3, 2, 1}, got)
	})
}

// Where tracebacks tell which goroutines are alive, a sweep removes the entry of the
// goroutine that runs finalizers while it is idle, although All has just yielded its value.
// The next finalizer may store one again.
func TestAllYieldsTheGoroutineOfFinalizersOnce(t *testing.T) {
	var table Table[uint64]
	var finalizers uint64 // the ID of their goroutine
	finalize := func(during func()) {
		stored, proceed := make(chan struct{}), make(chan struct{})
		runtime.SetFinalizer(new([1 << 10]byte), func(*[1 << 10]byte) {
			id := goroutine.ID()
			table.Store(&id)
			finalizers = id
			close(stored)
			<-proceed
		})
		testkit.EventuallyCollected(t, "the finalizer runs", func() bool { return testkit.Closed(stored) })
		during()
		close(proceed)
	}
	idle := func() bool {
		var census g.Census
		census.Take()
		return g.StatusKnown() || !census.Alive(0, finalizers)
	}
	for range 20 {
		next, stop := func() (func() (uint64, *uint64, bool), func()) {
			var next func() (uint64, *uint64, bool)
			var stop func()
			finalize(func() {
				next, stop = iter.Pull2(table.All())
				id, _, _ := next()
				require.Equal(t, finalizers, id)
			})
			return next, stop
		}()
		testkit.Eventually(t, "the goroutine of finalizers is idle", idle)
		table.entries.Sweep()
		release := park(40, func(int) { table.Store(new(uint64)) }) // may take the slot
		finalize(func() {
			for id, _, ok := next(); ok; id, _, ok = next() {
				require.NotEqual(t, finalizers, id, "yielded twice")
			}
		})
		stop()
		release()
		testkit.Eventually(t, "the others have exited", func() bool { return table.Len() <= 1 })
		table.entries.Sweep()
	}
}
