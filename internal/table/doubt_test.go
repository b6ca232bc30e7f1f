package table

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// noneAlive returns a census that calls meanwhile and then finds no goroutine alive.
func noneAlive(meanwhile func()) func() (alive func(uintptr, uint64) bool) {
	return func() func(uintptr, uint64) bool {
		meanwhile()
		return func(uintptr, uint64) bool { return false }
	}
}

func TestSweepInDoubt(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(w *world, g uintptr, id uint64) // between the doubt and the answer
		alive     bool
		stays     bool
	}{
		"the goroutine has exited":  {meanwhile: func(*world, uintptr, uint64) {}},
		"the goroutine is alive":    {meanwhile: func(*world, uintptr, uint64) {}, alive: true, stays: true},
		"it runs again":             {meanwhile: func(w *world, g uintptr, id uint64) { assert.NotNil(t, w.Find(g, id)) }, stays: true},
		"it runs again and is seen": {meanwhile: func(w *world, g uintptr, id uint64) { w.Find(g, id) }, alive: true, stays: true},
		"the table grows": {meanwhile: func(w *world, _ uintptr, _ uint64) {
			for range 3 * minSlots {
				e := new(Entry)
				e.Init(0, w.start())
				w.Insert(e)
			}
		}, alive: true, stays: true},
		"another sweep comes": {meanwhile: func(w *world, _ uintptr, _ uint64) {
			assert.True(t, w.sweepInDoubt(noneAlive(func() { t.Error("a second sweep takes a census") })))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, g := range []uintptr{0, arena} {
				w := newWorld([]uintptr{g}, 4*minSlots)
				id := w.start()
				e := w.enter(g, id)
				w.sweepInDoubt(func() func(uintptr, uint64) bool {
					owner, owned := e.Owner()
					assert.True(t, owned && owner == id, "other goroutines do not see the owner")
					c.meanwhile(w, g, id)
					return func(uintptr, uint64) bool { return c.alive }
				})
				if c.stays {
					require.Same(t, e, w.Find(g, id))
					require.Equal(t, id, e.owner.Load(), "the doubt is not resolved")
				} else {
					require.Nil(t, w.Find(g, id))
				}
				checkInvariants(t, &w.Table, nil)
			}
		})
	}
}

// The census does not decide about entries that are newer than the doubt.
func TestSweepInDoubtLeavesNewEntries(t *testing.T) {
	w := newWorld([]uintptr{arena}, 10)
	first := w.start()
	w.enter(arena, first)
	var later, taker *Entry
	laterID, takerID := w.start(), w.start()
	w.sweepInDoubt(noneAlive(func() {
		later = new(Entry)
		later.Init(0, laterID)
		w.Insert(later)
		taker = w.enter(arena, takerID) // the next goroutine on the g
	}))
	require.Same(t, later, w.Find(0, laterID))
	require.Same(t, taker, w.Find(arena, takerID))
	require.Nil(t, w.Find(arena, first))
}

// A goroutine that no census lists while it is idle, such as the runtime's for
// finalizers, works again and again while sweeps run. It keeps the entry that it has
// found until its work is done.
func TestSweepInDoubtAgainstAGoroutineThatRunsAgain(t *testing.T) {
	var table Table
	table.armed.Store(true)
	const workers = 3
	var working [workers + 1]atomic.Bool
	var stop atomic.Bool
	var sweeper, done sync.WaitGroup
	sweeper.Add(1)
	var removed atomic.Int64
	go func() {
		defer sweeper.Done()
		for !stop.Load() {
			table.sweepInDoubt(func() func(uintptr, uint64) bool {
				var seen [workers + 1]bool
				for id := range seen {
					seen[id] = working[id].Load()
				}
				runtime.Gosched()
				return func(_ uintptr, id uint64) bool {
					if !seen[id] {
						removed.Add(1)
					}
					return seen[id]
				}
			})
			runtime.Gosched()
		}
	}()
	n := testkit.Scaled(t, 50_000)
	for id := uint64(1); id <= workers; id++ {
		done.Add(1)
		go func() {
			defer done.Done()
			// On a busy machine the workers could end before the sweeper has seen one idle.
			for i := 0; i < n || removed.Load() == 0 && i < 100*n; i++ {
				working[id].Store(true)
				e := table.Find(0, id)
				if e == nil {
					e = new(Entry)
					e.Init(0, id)
					table.Insert(e)
				}
				for range 3 {
					runtime.Gosched()
					if table.Find(0, id) != e {
						t.Errorf("work %d: the entry was removed in the middle", i)
						return
					}
				}
				working[id].Store(false)
				runtime.Gosched()
			}
		}()
	}
	done.Wait()
	stop.Store(true)
	sweeper.Wait()
	assert.Positive(t, removed.Load(), "no sweep has found an entry whose goroutine was idle")
}

func TestDoubtDoesNotChangeTheID(t *testing.T) {
	for _, mark := range []uint64{gone, Claimed} {
		var e Entry
		e.owner.Store(mark)
		e.doubt()
		assert.Equal(t, mark, e.owner.Load())
		assert.Equal(t, mark, certain(mark))
		assert.False(t, isInDoubt(mark))
	}
	for _, id := range []uint64{1, 1 << 50, inDoubt - 1} {
		var e Entry
		e.Init(0, id)
		e.doubt()
		e.doubt()
		assert.Equal(t, id|inDoubt, e.owner.Load())
		owner, owned := e.Owner()
		assert.True(t, owned && owner == id)
		assert.True(t, e.isOf(id))
		assert.False(t, e.isOf(id+1))
		assert.Equal(t, id, e.owner.Load())
	}
}
