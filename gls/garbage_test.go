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

// A thing has a pointer, so that the allocator does not pack it into one block with
// others. A weak pointer to it then shows when it has been collected.
type thing struct {
	self *thing
	data [64]byte
}

// After two garbage collections, with the cleanups between them, the value of an exited
// goroutine is garbage, without a call of the program.
func TestLeftBehindIsGarbageWithinTwoCollections(t *testing.T) {
	if !knowsG() {
		t.Skip("without a g, a table learns late that a goroutine has exited")
	}
	// It takes a third collection if one is in progress when the table is armed, or if
	// the sweep is late on a loaded machine. That must not happen every time.
	const tries = 20
	for try := 1; ; try++ {
		var table Table[thing]
		var value weak.Pointer[thing]
		var self goroutineName
		testkit.Collect(t, 1) // none is in progress afterwards
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
}

func ownName() goroutineName {
	gp, id := g.Self()
	return goroutineName{gp, id}
}

func (n goroutineName) alive() bool { return new(g.Census).Alive(n.g, n.id) }

// Values that many goroutines left in a Table and in a Local are garbage once these
// have exited. Values of live goroutines stay.
func TestValuesOfExitedGoroutinesAreGarbage(t *testing.T) {
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
	testkit.EventuallyCollected(t, "the values that were left are garbage", func() bool { return alive(left) == 0 })
	require.Equal(t, 2*n, alive(kept), "a value of a live goroutine was collected")
	release()
	testkit.EventuallyCollected(t, "the others are garbage", func() bool { return alive(kept) == 0 })
	runtime.KeepAlive(&table)
	runtime.KeepAlive(&local)
}

// A value that was deleted or replaced is garbage.
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

// The values that earlier goroutines on a g left are garbage, also when the next one
// has taken over their entry and lives.
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

// The values in an unreachable table are garbage although their goroutines live.
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

// A table starts no goroutine.
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
	park(n, func(int) {})() // the runtime keeps their gs for the next ones
	before := heapAlloc()
	release := park(n, func(int) { table.Store(new(thing)) })
	peak := heapAlloc()
	require.Greater(t, peak-before, int64(n)*64)
	release()
	testkit.Eventually(t, "the memory is released", func() bool { return heapAlloc()-before < 1<<19 })
	require.Same(t, mine, table.Load())
}

func heapAlloc() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
