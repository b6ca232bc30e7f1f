package gls

import (
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// A thing is a value whose end can be seen. It has a pointer, so that it is not
// packed into one block with others.
type thing struct {
	self *thing
	data [64]byte
}

// Two garbage collections, with the cleanups between them, and what an exited
// goroutine left behind is garbage, without a call of the program.
func TestLeftBehindIsGarbageWithinTwoCollections(t *testing.T) {
	if !knowsG() {
		t.Skip("a traceback comes late")
	}
	// When a collection is under way while the table is armed, or when the sweep
	// is late on a loaded machine, it takes a third. It must not always.
	const tries = 20
	for try := 1; ; try++ {
		var table Table[thing]
		var value weak.Pointer[thing]
		var self goroutineName
		testkit.Collect(t, 1) // none is under way
		testkit.InGoroutine(func() {
			v := new(thing)
			value = weak.Make(v)
			table.Store(v)
			self = ownName()
		})
		testkit.Eventually(t, "the goroutine has exited", func() bool { return !self.alive() })
		require.Nil(t, table.Load())
		require.Zero(t, table.Len(), "it can still be reached")
		testkit.Collect(t, 1)
		testkit.Collect(t, 1)
		if value.Value() == nil {
			t.Logf("at try %d", try)
			return
		}
		require.Less(t, try, tries, "the value outlived two collections every time")
		runtime.KeepAlive(&table)
	}
}

type goroutineName struct {
	g  uintptr
	id uint64
	c  func() bool
}

func ownName() goroutineName {
	gp, id := g.Self()
	return goroutineName{gp, id, func() bool { return new(g.Census).Alive(gp, id) }}
}

func (n goroutineName) alive() bool { return n.c() }

// The same without looking at the clock, for many, in a Table and in a Local, with
// and without deletions; and values of live goroutines stay.
func TestGarbage(t *testing.T) {
	var table Table[thing]
	var local Local[*thing]
	n := testkit.ScaledByG(t, 1000)
	store := func(values []weak.Pointer[thing]) func(int) {
		return func(i int) {
			v, w := new(thing), new(thing)
			values[2*i], values[2*i+1] = weak.Make(v), weak.Make(w)
			table.Store(v)
			local.Set(w)
		}
	}
	kept := make([]weak.Pointer[thing], 2*n)
	release := park(n, store(kept))
	left := make([]weak.Pointer[thing], 2*n)
	park(n, store(left))()
	alive := func(values []weak.Pointer[thing]) (n int) {
		for _, v := range values {
			if v.Value() != nil {
				n++
			}
		}
		return n
	}
	testkit.EventuallyCollected(t, "what was left behind is garbage", func() bool { return alive(left) == 0 })
	require.Equal(t, 2*n, alive(kept), "a value of a live goroutine was collected")
	release()
	testkit.EventuallyCollected(t, "the others are garbage", func() bool { return alive(kept) == 0 })
	runtime.KeepAlive(&table)
	runtime.KeepAlive(&local)
}

// A value that is deleted or replaced is garbage at once.
func TestDeletedIsGarbage(t *testing.T) {
	var table Table[thing]
	var local Local[*thing]
	for _, drop := range []func(){
		func() { table.Delete(); local.Delete() },
		func() { table.Store(nil); local.Set(nil) },
		func() { table.Store(new(thing)); local.Set(new(thing)) },
	} {
		var values [2]weak.Pointer[thing]
		func() {
			v, w := new(thing), new(thing)
			values[0], values[1] = weak.Make(v), weak.Make(w)
			table.Store(v)
			local.Set(w)
		}()
		runtime.GC()
		require.NotNil(t, values[0].Value())
		require.NotNil(t, values[1].Value())
		drop()
		testkit.EventuallyCollected(t, "they are garbage", func() bool {
			return values[0].Value() == nil && values[1].Value() == nil
		})
	}
	runtime.KeepAlive(&table)
	runtime.KeepAlive(&local)
}

// The value that an earlier goroutine on the g left is garbage when the next one
// has stored its own, without any sweep.
func TestTakenOverIsGarbage(t *testing.T) {
	var table Table[thing]
	var values []weak.Pointer[thing]
	for range 50 {
		testkit.InGoroutine(func() {
			v := new(thing)
			values = append(values, weak.Make(v))
			table.Store(v)
		})
	}
	release := park(1, func(int) { table.Store(new(thing)) })
	testkit.EventuallyCollected(t, "they are garbage", func() bool {
		for _, v := range values {
			if v.Value() != nil {
				return false
			}
		}
		return true
	})
	require.LessOrEqual(t, table.Len(), 1)
	release()
}

// An unreachable table with values of live goroutines.
func TestDroppedTableIsGarbage(t *testing.T) {
	table := new(Table[thing])
	var values [3]weak.Pointer[thing]
	func() {
		v := new(thing)
		values[0] = weak.Make(v)
		table.Store(v)
	}()
	release := park(2, func(i int) {
		v := new(thing)
		values[i+1] = weak.Make(v)
		table.Store(v)
	})
	runtime.GC()
	for _, v := range values {
		require.NotNil(t, v.Value())
	}
	runtime.KeepAlive(table)
	table = nil
	testkit.EventuallyCollected(t, "the values are garbage", func() bool {
		return values[0].Value() == nil && values[1].Value() == nil && values[2].Value() == nil
	})
	release()
}

// No goroutine, timer or channel is behind a table.
func TestNothingRunsInTheBackground(t *testing.T) {
	runtime.GC()
	var table Table[int]
	before := runtime.NumGoroutine()
	table.Store(new(int))
	runtime.GC()
	table.Store(new(int))
	assert.LessOrEqual(t, runtime.NumGoroutine(), before+1, "1: the runtime's for cleanups, if it counts")
}

// After a burst the table's memory is released.
func TestMemoryIsReleasedAfterABurst(t *testing.T) {
	var table Table[thing]
	mine := new(thing)
	table.Store(mine)
	n := testkit.AtOnce(t, 50_000)
	park(n, func(int) {})() // the runtime keeps their g's
	before := heapAlloc()
	release := park(n, func(int) { table.Store(new(thing)) })
	peak := heapAlloc()
	require.Greater(t, peak-before, int64(n)*64)
	release()
	testkit.Eventually(t, "the memory is back", func() bool { return heapAlloc()-before < 1<<19 })
	require.Same(t, mine, table.Load())
}

func heapAlloc() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
