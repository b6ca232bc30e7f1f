package table

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An actor is a world with a plain map as the model of its table. One goroutine does
// the steps of all the others, one at a time.
type actor struct {
	*world
	model   map[uint64]holder  // by ID, running goroutines only
	on      map[uintptr]uint64 // the running goroutine on a g, 0 if none
	left    map[*Entry]bool    // left behind and not removed yet
	stopped []stoppedInsert
}

// A stoppedInsert was descheduled before it took a slot.
type stoppedInsert struct {
	into *array
	h    holder
	id   uint64
}

func newActor(w *world) *actor {
	return &actor{
		world: w,
		model: make(map[uint64]holder),
		on:    make(map[uintptr]uint64),
		left:  make(map[*Entry]bool),
	}
}

// begin starts a goroutine on the n-th g and lets it enter, unless the g is busy.
func (a *actor) begin(n int) {
	g := a.gs[n%len(a.gs)]
	if g != 0 && a.on[g] != 0 {
		return
	}
	id := a.start()
	e := a.enter(g, id)
	delete(a.left, e)
	a.model[id], a.on[g] = holder{g, e}, id
}

// end ends a goroutine and leaves its entry behind.
func (a *actor) end(id uint64) {
	h, ok := a.model[id]
	if !ok {
		return
	}
	a.ended[id].Store(true)
	delete(a.model, id)
	delete(a.on, h.g)
	a.left[h.e] = true
}

// pick returns the ID of a goroutine in the table, which n selects, 0 if there is none.
func (a *actor) pick(n int) uint64 {
	if len(a.model) == 0 {
		return 0
	}
	id := uint64(n)%a.next.Load() + 1
	for a.model[id].e == nil {
		id = id%a.next.Load() + 1
	}
	return id
}

// sweepAll sweeps, and checks that no entry of an exited goroutine remains.
func (a *actor) sweepAll(t testing.TB) {
	// The entry of a stopped insert is not in the table yet.
	remaining := len(a.model)
	require.Equal(t, remaining > 0, a.sweep(a.alive))
	for e := range a.left {
		_, owned := e.Owner()
		require.False(t, owned, "a sweep left an entry behind")
	}
	clear(a.left)
	if newest := a.newest.Load(); newest != nil {
		for pos := range newest.mask + 1 {
			e := newest.slot(pos).Load()
			require.False(t, e != nil && e != tombstone && e.owner.Load() == gone, "no tombstone in slot %d", pos)
		}
	}
}

// stopInsert starts an insert on the n-th g that is descheduled before it takes a slot.
func (a *actor) stopInsert(n int) {
	g := a.gs[n%len(a.gs)]
	if a.newest.Load() == nil || g != 0 && a.on[g] != 0 || len(a.stopped) > 3 {
		return
	}
	for e := range a.left {
		if g != 0 && e.g == g {
			return // it would take that over
		}
	}
	id := a.start()
	e := new(Entry)
	e.Init(g, id)
	a.on[g] = id
	a.stopped = append(a.stopped, stoppedInsert{a.newest.Load(), holder{g, e}, id})
}

// finishInserts completes the inserts of stopInsert.
func (a *actor) finishInserts() {
	for _, l := range a.stopped {
		h := hash(l.h.g, l.id)
		for done, isNew := a.putIn(l.into, h, l.h.e, true); !done; {
			done, isNew = a.putIn(a.newest.Load(), h, l.h.e, isNew)
		}
		a.model[l.id] = l.h
	}
	a.stopped = nil
}

// check tests everything that must hold while no operation is in progress.
func (a *actor) check(t testing.TB) {
	t.Helper()
	checkInvariants(t, &a.Table, a.model)
}

// checkRange compares what Range yields with the model. It moves everything first.
func (a *actor) checkRange(t testing.TB) {
	t.Helper()
	seen := make(map[uint64]bool)
	a.Range(func(e *Entry) bool {
		id, ok := e.Owner()
		if !ok || a.left[e] {
			return true
		}
		require.Equal(t, a.model[id].e, e)
		require.False(t, seen[id], "Range yields goroutine %d twice", id)
		seen[id] = true
		return true
	})
	require.Len(t, seen, len(a.model))
	if newest := a.newest.Load(); newest != nil {
		require.Nil(t, newest.older.Load(), "arrays are left behind")
	}
}

func (a *actor) slots() uint64 { return a.newest.Load().mask + 1 }

func TestEmpty(t *testing.T) {
	var table Table
	assert.Nil(t, table.Find(0, 1))
	assert.Nil(t, table.TakeOver(uintptr(unsafe.Pointer(&table)), Claimed))
	table.Sweep()
	assert.False(t, table.armed.Load(), "an empty table waits for a sweep")
	table.Range(func(*Entry) bool { t.Fatal("Range yields an entry of an empty table"); return false })
	table.Prepare()
	prepared := table.newest.Load()
	table.Prepare()
	assert.Same(t, prepared, table.newest.Load())
	assert.Nil(t, table.Find(0, 1))
	checkInvariants(t, &table, nil)
}

func TestInsertAndFind(t *testing.T) {
	eachConstruction(t, 150, 150, func(t *testing.T, w *world) {
		a := newActor(w)
		for n := range a.gs {
			a.begin(n)
			a.check(t)
		}
		require.Len(t, a.model, len(a.gs))
		require.EqualValues(t, minSlots, a.slots(), "it grew without need")
		a.checkRange(t)
		for id, h := range a.model {
			if h.g != 0 {
				require.Nil(t, a.Find(h.g, 1<<40+id), "the next goroutine on a g finds the entry")
			}
		}
	})
}

// The table is consistent during growth, while each insert moves one shard.
func TestGrowth(t *testing.T) {
	eachConstruction(t, 3000, 3000, func(t *testing.T, w *world) {
		a := newActor(w)
		chained, slots := 0, uint64(0)
		for n := range a.gs {
			a.begin(n)
			if a.slots() != slots || n%100 == 0 {
				slots = a.slots()
				a.check(t)
			}
			if a.newest.Load().older.Load() != nil {
				chained++
			}
		}
		a.check(t)
		if len(a.gs) > shardLimit {
			require.Positive(t, chained, "no operation saw two arrays")
			require.Greater(t, a.slots(), uint64(minSlots), "it did not grow")
		}
		require.Less(t, a.slots(), uint64(4*len(a.gs)), "it grew without need")
		a.moveAll()
		a.check(t)
		require.Nil(t, a.newest.Load().older.Load())
	})
}

// If an array has not been moved when the next growth comes, the following inserts move
// both.
func TestChainOfArraysIsCutByInserts(t *testing.T) {
	eachConstruction(t, 150, 150, func(t *testing.T, w *world) {
		a := newActor(w)
		for n := range 100 {
			a.begin(n)
		}
		require.True(t, a.replace(a.newest.Load(), 1024)) // 4 shards
		require.True(t, a.replace(a.newest.Load(), 512))  // 2 shards
		require.False(t, a.replace(a.newest.Load().older.Load(), 256), "an old array was replaced")
		a.check(t)
		// 4 shards and the one of the first array.
		for n := range 5 {
			require.NotNil(t, a.newest.Load().older.Load())
			a.begin(100 + n)
			a.check(t)
		}
		require.Nil(t, a.newest.Load().older.Load(), "the chain is not cut")
		a.checkRange(t)
	})
}

// A goroutine was descheduled after it had taken the next shard to move. No insert moves
// that shard, but a sweep does.
func TestSweepFinishesTheWorkOfADescheduledMover(t *testing.T) {
	eachConstruction(t, 150, 150, func(t *testing.T, w *world) {
		a := newActor(w)
		for n := range 100 {
			a.begin(n)
		}
		first := a.newest.Load()
		a.replace(first, 512)
		first.cursor.Add(1)
		for n := range 20 {
			a.begin(100 + n)
			a.check(t)
		}
		require.Same(t, first, a.newest.Load().older.Load())
		a.sweepAll(t)
		a.check(t)
		require.Nil(t, a.newest.Load().older.Load())
		a.move(first, 0) // it wakes up
		a.check(t)

		// Now a goroutine is descheduled after it has moved its shard and before it counts it.
		second := a.newest.Load()
		a.replace(second, 512)
		for s := range second.shards {
			a.move(second, s)
		}
		second.left.Add(1)
		a.moveAll()
		require.Nil(t, a.newest.Load().older.Load(), "moveAll waits for a descheduled goroutine")
	})
}

// An insert has loaded the newest array and is descheduled; the array is replaced, moved
// and cut off. The entry that the insert then puts there must not be lost, whether it
// finds an empty slot or a tombstone.
func TestInsertIntoAnArrayThatWasReplaced(t *testing.T) {
	for _, where := range []string{"empty slot", "tombstone"} {
		t.Run("slot="+where, func(t *testing.T) {
			eachConstruction(t, 100, 200, func(t *testing.T, w *world) {
				a := newActor(w)
				for n := range 90 {
					a.begin(n)
				}
				if where == "tombstone" {
					for id := range uint64(40) {
						a.end(id + 1)
					}
					a.sweepAll(t)
				}
				for n := range 3 {
					a.stopInsert(n + 90)
				}
				a.replace(a.newest.Load(), 512)
				a.moveAll()
				a.check(t)
				a.finishInserts()
				a.check(t)
				a.checkRange(t)
			})
		})
	}
}

// A move has loaded an entry and is descheduled. Others finish its work, a sweep
// makes tombstones on the way to the entry, and then it puts the entry.
func TestMoveThatComesLateMakesNoSecondCopy(t *testing.T) {
	eachConstruction(t, 130, 130, func(t *testing.T, w *world) {
		a := newActor(w)
		for n := range a.gs {
			a.begin(n)
		}
		a.replace(a.newest.Load(), 512)
		a.moveAll()
		for id := range uint64(60) {
			a.end(id + 1)
		}
		a.sweepAll(t)
		tombstones := 0
		for pos := range a.slots() {
			if a.newest.Load().slot(pos).Load() == tombstone {
				tombstones++
			}
		}
		require.Equal(t, 60, tombstones)
		for _, h := range a.model {
			a.putAgain(h.e)
		}
		a.check(t)
		a.checkRange(t)
	})
}

// An entry that is taken over while it is moved is in one array or the other.
func TestTakeOverFromAnOldArray(t *testing.T) {
	eachConstruction(t, 100, 200, func(t *testing.T, w *world) {
		if !reuse || w.gs[0] == 0 {
			t.Skip("no takeovers here")
		}
		a := newActor(w)
		for n := range a.gs {
			a.begin(n)
		}
		a.replace(a.newest.Load(), 512)
		for id := range uint64(len(a.gs)) {
			a.end(id + 1)
		}
		for n := range a.gs {
			e := a.TakeOver(a.gs[n], Claimed)
			require.NotNil(t, e)
			_, owned := e.Owner()
			require.False(t, owned, "it has an owner before Settle")
			require.Nil(t, a.TakeOver(a.gs[n], Claimed), "taken over twice")
			if n == 50 {
				// None has exited, whether settled, claimed or left behind.
				a.sweep(func(uintptr, uint64) bool { return true })
			}
			id := a.start()
			require.Nil(t, a.Find(a.gs[n], id))
			e.Settle(id)
			delete(a.left, e)
			a.model[id], a.on[a.gs[n]] = holder{a.gs[n], e}, id
		}
		a.check(t)
		a.checkRange(t)
	})
}

// The owner may be the caller at once, if no other goroutine reads entries.
func TestTakeOverAs(t *testing.T) {
	eachConstruction(t, 10, 20, func(t *testing.T, w *world) {
		if w.gs[0] == 0 {
			t.Skip("no takeovers here")
		}
		left := w.enter(w.gs[0], 1)
		other := w.enter(w.gs[1], 2)
		e := w.TakeOver(w.gs[0], 3)
		if !reuse {
			require.Nil(t, e)
			_, owned := left.Owner()
			require.False(t, owned, "it was not removed")
			require.Equal(t, []*Entry{other}, contents(&w.Table))
			return
		}
		require.Same(t, left, e)
		require.Same(t, left, w.Find(w.gs[0], 3))
		require.Same(t, other, w.Find(w.gs[1], 2))
	})
}

// The goroutines on one g, one after another, all want the same slot. The entries that
// they leave must not pile up, even without takeovers.
func TestManyGoroutinesOnOneG(t *testing.T) {
	eachConstruction(t, 3, 3*2000, func(t *testing.T, w *world) {
		if w.gs[0] == 0 {
			t.Skip("the ID is the key")
		}
		a := newActor(w)
		for n := range 3 * 2000 {
			if n >= 3 {
				a.end(uint64(n - 2))
			}
			a.begin(n)
		}
		a.check(t)
		require.EqualValues(t, minSlots, a.slots())
		require.LessOrEqual(t, len(contents(&w.Table)), 3)
	})
}

func TestTakeOverOfSweptEntries(t *testing.T) {
	eachConstruction(t, 100, 200, func(t *testing.T, w *world) {
		a := newActor(w)
		for n := range a.gs {
			a.begin(n)
		}
		for id := range uint64(len(a.gs)) {
			a.end(id + 1)
		}
		before := a.newest.Load()
		a.sweepAll(t)
		a.check(t)
		a.checkRange(t)
		require.NotSame(t, before, a.newest.Load(), "100 tombstones of 256 slots were kept")
		for _, g := range a.gs {
			require.Nil(t, a.TakeOver(g, Claimed))
		}
		// An entry that a sweep has marked, but not removed yet.
		a.begin(0)
		for id, h := range a.model {
			a.end(id)
			require.True(t, h.e.retireIfDead(a.alive))
			require.True(t, h.e.retireIfDead(a.alive))
			require.False(t, h.e.takeOwnership(Claimed))
			require.Nil(t, a.TakeOver(h.g, Claimed))
		}
		a.sweepAll(t)
		a.check(t)
	})
}

// Inserts reuse the slots of removed entries, so a table does not grow while goroutines
// start and exit.
func TestInsertsReuseTombstones(t *testing.T) {
	eachConstruction(t, 50, 50*40+1, func(t *testing.T, w *world) {
		a := newActor(w)
		for range 40 {
			for n := range a.gs {
				a.begin(n)
			}
			first := a.newest.Load()
			a.check(t)
			for id := range a.model {
				a.end(id)
			}
			a.sweepAll(t)
			a.check(t)
			if a.gs[0] != 0 { // then probes start where they started before
				require.Same(t, first, a.newest.Load(), "a table of tombstones was replaced")
			}
		}
		require.EqualValues(t, minSlots, a.slots())
		require.Nil(t, a.newest.Load().older.Load())
	})
}

// A full shard of tombstones is no reason to double. The probes start in the
// shard before the one that is full.
func TestGrowthLooksAtTheShardThatIsFull(t *testing.T) {
	for _, c := range []struct {
		name string
		live bool
		want uint64
	}{
		{"live", true, 1024},
		{"tombstones", false, 512},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(nil, 1)
			w.newest.Store(newArray(512, nil))
			a := w.newest.Load()
			// The second shard is as full as it may be, the first has only its last slot used.
			fill := func(pos uint64, e *Entry) {
				a.slot(pos).Store(e)
				a.shards[pos/shardSize].used.Add(1)
			}
			for pos := uint64(255); pos < 256+shardLimit; pos++ {
				e := tombstone
				if c.live {
					e = new(Entry)
					e.Init(0, 1)
				}
				fill(pos, e)
			}
			at, ok := a.put(255, new(Entry), false)
			require.False(t, ok)
			require.EqualValues(t, 256+shardLimit, at)
			require.EqualValues(t, shardLimit, a.shards[1].used.Load())
			w.grow(a, at)
			require.Equal(t, c.want, w.newest.Load().mask+1)
			w.grow(a, at)
			require.Same(t, a, w.newest.Load().older.Load(), "it grew a second time")
		})
	}
}

func TestRangeStops(t *testing.T) {
	eachConstruction(t, 10, 10, func(t *testing.T, w *world) {
		a := newActor(w)
		for n := range a.gs {
			a.begin(n)
		}
		calls := 0
		a.Range(func(*Entry) bool { calls++; return calls < 3 })
		require.Equal(t, 3, calls)
	})
}

// The arrays grow during a burst and shrink after it.
func TestShrink(t *testing.T) {
	eachConstruction(t, 20_000, 40_000, func(t *testing.T, w *world) {
		a := newActor(w)
		for n := range a.gs {
			a.begin(n)
		}
		if !a.allAtHome {
			require.Greater(t, a.slots(), uint64(20_000))
		}
		for id := range uint64(len(a.gs)) {
			if id%100 != 0 {
				a.end(id + 1)
			}
		}
		a.sweepAll(t)
		a.check(t)
		a.checkRange(t)
		require.LessOrEqual(t, a.slots(), max(minSlots, uint64(len(a.model))*4))
		for id := range a.model {
			a.end(id)
		}
		a.sweepAll(t)
		a.check(t)
		require.EqualValues(t, minSlots, a.slots())
		a.checkRange(t)
	})
}
