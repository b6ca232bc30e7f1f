package table

import (
	"runtime"
	"sync"
	"testing"
	"unsafe"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// enter gives the calling goroutine its entry, as package gls does.
func enter(table *Table) *Entry {
	gp, id := g.Self()
	if e := table.TakeOver(gp, Claimed); e != nil {
		e.Settle(id)
		return e
	}
	e := new(Entry)
	e.Init(gp, id)
	table.Insert(e)
	return e
}

// park starts n goroutines that enter the table and wait.
func park(table *Table, n int) (entries []*Entry, release func()) {
	entries = make([]*Entry, n)
	wait := make(chan struct{})
	var entered, done sync.WaitGroup
	for i := range n {
		entered.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			entries[i] = enter(table)
			entered.Done()
			<-wait
			if table.Find(g.Self()) != entries[i] {
				panic("it does not find its entry after the wait")
			}
		}()
	}
	entered.Wait()
	return entries, func() { close(wait); done.Wait() }
}

func owned(entries []*Entry) int {
	n := 0
	for _, e := range entries {
		if _, ok := e.Owner(); ok {
			n++
		}
	}
	return n
}

// A Sweep removes the entries of goroutines that have exited, and no others.
func TestSweep(t *testing.T) {
	var table Table
	n := testkit.ScaledByG(t, 500)
	parked, release := park(&table, n)
	left, finish := park(&table, n)
	finish()
	testkit.EventuallyCollected(t, "all that were left are removed", func() bool {
		table.Sweep()
		return owned(left) == 0
	})
	require.Equal(t, n, owned(parked), "the entry of a live goroutine was removed")
	require.True(t, table.armed.Load())
	a := table.newest.Load()
	for pos := range a.mask + 1 {
		e := a.slot(pos).Load()
		require.False(t, e != nil && e != tombstone && e.owner.Load() == gone, "gone, but in its slot")
	}
	release()
	testkit.EventuallyCollected(t, "the others are removed", func() bool {
		table.Sweep()
		return owned(parked) == 0
	})
	require.Empty(t, contents(&table))
}

func contents(table *Table) (entries []*Entry) {
	table.Range(func(e *Entry) bool { entries = append(entries, e); return true })
	return entries
}

// Every collection is followed by a sweep, without a call, as long as there are entries.
// When there are none, no cleanup is pending any more.
func TestSweepFollowsEveryCollection(t *testing.T) {
	var table Table
	require.False(t, table.armed.Load())
	n := testkit.ScaledByG(t, 100)
	first, release1 := park(&table, n)
	require.True(t, table.armed.Load(), "an insert did not arm the table")
	second, release2 := park(&table, n)
	for range 3 {
		runtime.GC()
	}
	require.Equal(t, 2*n, owned(first)+owned(second), "the entry of a live goroutine was removed")
	release1()
	testkit.EventuallyCollected(t, "the first are removed", func() bool { return owned(first) == 0 })
	require.Equal(t, n, owned(second), "the entry of a live goroutine was removed")
	release2()
	testkit.EventuallyCollected(t, "the second are removed, by a later sweep", func() bool { return owned(second) == 0 })
	testkit.EventuallyCollected(t, "the table is not armed", func() bool { return !table.armed.Load() })
	_, release3 := park(&table, 1)
	require.True(t, table.armed.Load(), "not armed again")
	release3()
	testkit.EventuallyCollected(t, "the table is not armed", func() bool { return !table.armed.Load() })
}

// An insert into an armed table adds no second sweep after the next collection.
func TestArmingAnArmedTableDoesNothing(t *testing.T) {
	var table Table
	enter(&table)
	anchor := table.anchor.Load()
	if allocs := testing.AllocsPerRun(10, table.arm); !race.Enabled {
		assert.Zero(t, allocs)
	}
	table.armed.Store(false)
	table.arm()
	assert.Same(t, anchor, table.anchor.Load())
}

// An entry that is inserted during a sweep, which may have missed it, is seen by the next
// one.
func TestInsertDuringASweepArms(t *testing.T) {
	w := constructions[0].world(10, 10)
	w.armed.Store(false)
	w.Prepare()
	inserted := false
	w.enter(w.gs[0], w.start())
	w.armed.Store(false) // as Sweep does
	w.sweep(func(uintptr, uint64) bool {
		if !inserted {
			inserted = true
			w.enter(w.gs[1], w.start())
		}
		return true
	})
	require.True(t, w.armed.Load())
}

// A sweep also sees the entries in arrays behind the newest.
func TestSweepLooksIntoOldArrays(t *testing.T) {
	eachConstruction(t, 100, 100, func(t *testing.T, w *world) {
		a := newActor(w)
		for n := range 50 {
			a.begin(n)
		}
		a.replace(a.newest.Load(), 512)
		require.True(t, a.sweep(a.alive))
		for id := range a.model {
			a.end(id)
		}
		a.replace(a.newest.Load(), 512)
		a.sweepAll(t)
		a.check(t)
	})
}

// A table that the program drops is garbage, although a sweep is pending and a goroutine
// with an entry lives.
func TestDroppedTableIsCollected(t *testing.T) {
	table := new(Table)
	_, release := park(table, 3)
	release()
	enter(table)
	require.True(t, table.armed.Load())
	dropped := weak.Make(table)
	table = nil
	testkit.EventuallyCollected(t, "the table is collected", func() bool { return dropped.Value() == nil })
}

// The same for a table inside another object.
func TestDroppedTableInsideAnObjectIsCollected(t *testing.T) {
	type object struct {
		name  string
		table Table
	}
	o := &object{name: "o"}
	e := enter(&o.table)
	for range 5 {
		runtime.GC()
	}
	require.Same(t, e, o.table.Find(g.Self()))
	dropped := weak.Make(o)
	runtime.KeepAlive(o)
	o = nil
	testkit.EventuallyCollected(t, "the object is collected", func() bool { return dropped.Value() == nil })
}

// After a burst the memory of the table is released. The gs are made up of zeros, so they
// count as dead.
func TestBurst(t *testing.T) {
	n := 1_000_000
	if !knowsG() {
		n = 20 // a traceback for each
	}
	n = testkit.Scaled(t, n)
	var table Table
	table.armed.Store(true) // no sweep before all are in
	live := enter(&table)
	before := heap()
	func() {
		gs := make([]uint64, n+1024) // a real sweep reads them
		for i := range n {
			e := new(Entry)
			e.Init(uintptr(unsafe.Pointer(&gs[i])), uint64(i)+1<<50)
			table.Insert(e)
		}
		peak := heap()
		t.Logf("%d slots, %d bytes per entry", table.newest.Load().mask+1, (peak-before)/int64(n))
		require.Greater(t, table.newest.Load().mask+1, uint64(n))
		table.armed.Store(false)
		table.arm()
		collections := 0
		testkit.EventuallyCollected(t, "the arrays shrink", func() bool {
			collections++
			return table.newest.Load().mask < minSlots && len(contents(&table)) == 1
		})
		t.Logf("after %d collections", collections)
		runtime.KeepAlive(gs)
	}()
	testkit.EventuallyCollected(t, "the memory is released", func() bool { return heap()-before < 1<<20 })
	require.Same(t, live, table.Find(g.Self()))
	require.Equal(t, []*Entry{live}, contents(&table))
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Goroutines start and exit while sweeps run all the time. No live goroutine loses its
// entry.
func TestSweepsWhileGoroutinesComeAndGo(t *testing.T) {
	var table Table
	parked, release := park(&table, 50)
	stop := make(chan struct{})
	var sweeper sync.WaitGroup
	for range 2 { // sweeps may overlap: the runtime has several cleanup goroutines
		sweeper.Add(1)
		go func() {
			defer sweeper.Done()
			for !testkit.Closed(stop) {
				table.Sweep()
				runtime.Gosched()
			}
		}()
	}
	var done sync.WaitGroup
	for range 4 {
		done.Add(1)
		go func() {
			defer done.Done()
			for range testkit.ScaledByG(t, 3000) {
				testkit.InGoroutine(func() {
					gp, id := g.Self()
					if table.Find(gp, id) != nil {
						t.Error("a new goroutine has an entry")
					}
					e := enter(&table)
					for range 3 {
						runtime.Gosched()
						if table.Find(gp, id) != e {
							t.Error("a goroutine lost its entry")
						}
					}
				})
			}
		}()
	}
	done.Wait()
	close(stop)
	sweeper.Wait()
	require.Equal(t, len(parked), owned(parked))
	release()
	testkit.EventuallyCollected(t, "the table is empty", func() bool { return len(contents(&table)) == 0 })
	checkInvariants(t, &table, nil)
}
