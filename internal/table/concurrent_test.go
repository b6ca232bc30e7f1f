package table

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// disturb replaces, moves, sweeps and walks the table at random on other goroutines,
// until stop is called.
func disturb(t *testing.T, w *world, steady map[uint64]*Entry) (stop func()) {
	var stopped atomic.Bool
	var done sync.WaitGroup
	w.Prepare()
	for range 2 {
		rng := seeded(t)
		done.Add(1)
		go func() {
			defer done.Done()
			for !stopped.Load() {
				disturbOnce(t, w, rng, steady)
				if rng.IntN(4) == 0 {
					runtime.Gosched()
				}
			}
		}()
	}
	return func() { stopped.Store(true); done.Wait() }
}

func disturbOnce(t *testing.T, w *world, rng *rand.Rand, steady map[uint64]*Entry) {
	switch a := w.newest.Load(); rng.IntN(8) {
	case 0:
		if a.older.Load() == nil {
			// As large as it must be and no larger, so that moves overflow now
			// and then.
			w.replace(a, max(minSlots, roomFor(len(w.gs))/2<<rng.IntN(3)))
		}
	case 1, 2:
		w.sweep(w.alive)
	case 3:
		w.moveAll()
	case 4, 5:
		w.moveOneShard()
	default:
		seen := make(map[*Entry]bool)
		w.Range(func(e *Entry) bool {
			if seen[e] {
				t.Error("Range yields an entry twice")
			}
			seen[e] = true
			return true
		})
		for id, e := range steady {
			if !seen[e] {
				t.Errorf("Range missed goroutine %d, which was there all the time", id)
			}
		}
	}
}

// Every owner finds its own entry at all times and never another's, and in the end
// the table agrees with a plain map. Each worker does what goroutines on its own gs do, one
// after another.
func TestConcurrentLives(t *testing.T) {
	const workers = 4
	rounds := testkit.Scaled(t, 2000)
	eachConstruction(t, 600, 600*rounds+1, func(t *testing.T, w *world) {
		steady := make(map[uint64]*Entry)
		model := make(map[uint64]holder)
		share := len(w.gs) / (workers + 1)
		for _, g := range w.gs[workers*share:][:share] {
			id := w.start()
			e := w.enter(g, id)
			steady[id], model[id] = e, holder{g, e}
		}
		stop := disturb(t, w, steady)
		var done sync.WaitGroup
		var mu sync.Mutex
		var takeovers atomic.Int64
		for i := range workers {
			rng := seeded(t)
			gs := w.gs[i*share:][:share]
			done.Add(1)
			go func() {
				defer done.Done()
				mine := make([]uint64, share)
				entries := make([]*Entry, share)
				for range rounds {
					for n, g := range gs {
						switch {
						case mine[n] == 0:
							mine[n] = w.start()
							if e := w.Find(g, mine[n]); e != nil {
								t.Errorf("a new goroutine finds an entry of %d", e.owner.Load())
							}
							earlier := entries[n]
							entries[n] = w.enter(g, mine[n])
							if earlier == entries[n] {
								takeovers.Add(1)
							}
						case rng.IntN(3) == 0:
							w.ended[mine[n]].Store(true)
							mine[n] = 0
							continue
						}
						if w.Find(g, mine[n]) != entries[n] {
							t.Errorf("goroutine %d does not find its entry", mine[n])
						}
					}
				}
				mu.Lock()
				defer mu.Unlock()
				for n, id := range mine {
					if id != 0 {
						model[id] = holder{gs[n], entries[n]}
					}
				}
			}()
		}
		done.Wait()
		stop()
		w.sweep(w.alive)
		w.sweep(w.alive)
		checkInvariants(t, &w.Table, model)
		require.Nil(t, w.newest.Load().older.Load(), "the chain was not cut")
		if w.gs[0] != 0 && reuse {
			assert.Positive(t, takeovers.Load(), "nothing was taken over")
		}
		t.Logf("%d goroutines, %d takeovers, %d slots", w.next.Load(), takeovers.Load(), w.newest.Load().mask+1)
	})
}

// A rendezvous lets two goroutines wait for each other again and again, so that they do
// something at the same time.
type rendezvous struct {
	at   [2]atomic.Int64 // how far each has come
	over atomic.Bool     // they wait no longer
}

// meetingTime is how long a test meets. Where more programs run than there are processors,
// each wait may last until the other thread is scheduled again, and all of them some minutes.
const meetingTime = 10 * time.Second

// meet waits until the other side has come as far as this one.
func (r *rendezvous) meet(side int, step int64) {
	r.at[side].Store(step)
	for tries := 0; r.at[1-side].Load() < step && !r.over.Load(); tries++ {
		if tries > 1000 {
			runtime.Gosched()
		}
	}
}

// An entry is moved from one end of a long chain to the other while its owner's lookup
// is on the way along the chain. That takes some microseconds, so the two meet in most
// of the tries that run in parallel.
func TestLookUpOvertakenByAMove(t *testing.T) {
	const length = 200
	for _, past := range []bool{false, true} { // past the array that the lookup began with
		w := constructions[0].world(1, 1)
		g, id := w.gs[0], w.start()
		e := new(Entry)
		e.Init(g, id)
		last := newArray(minSlots, nil)
		first := last
		for range length {
			first = newArray(minSlots, first)
		}
		begin := func() (holder *array) {
			holder = newArray(minSlots, nil)
			_, ok := holder.put(hash(g, id), e, true)
			require.True(t, ok)
			first.slot(hash(g, id)).Store(nil)
			first.shards[0].used.Store(0)
			last.older.Store(holder)
			w.newest.Store(first)
			return holder
		}
		var both rendezvous
		tries := int64(testkit.Scaled(t, 5_000))
		latest := time.Now().Add(meetingTime)
		tried, overtaken := int64(0), 0
		var done sync.WaitGroup
		done.Add(1)
		go func() {
			defer done.Done()
			for try := int64(1); ; try++ {
				both.meet(0, 2*try-1)
				if both.over.Load() {
					return
				}
				if w.Find(g, id) != e {
					t.Errorf("try %d: the owner does not find its entry", try)
				}
				both.meet(0, 2*try)
			}
		}()
		rng := seeded(t)
		for tried < tries && time.Now().Before(latest) {
			tried++
			holder := begin()
			newest := first
			if past {
				newest = newArray(minSlots, first)
			}
			both.meet(1, 2*tried-1)
			for range rng.IntN(2000) {
				both.at[1].Load() // to let time pass
			}
			if both.at[0].Load() == 2*tried-1 {
				overtaken++
			}
			w.newest.Store(newest)
			w.move(holder, 0)
			last.older.Store(nil)
			both.meet(1, 2*tried)
		}
		both.over.Store(true)
		done.Wait()
		t.Logf("past=%v: at most %d of %d lookups were overtaken", past, overtaken, tried)
	}
}

// The array that a lookup, a walk or an insert took for the newest is replaced twice.
// The entries behind it then move directly to the newest array.
func TestEntriesMovePastAReplacedArray(t *testing.T) {
	eachConstruction(t, 50, 50, func(t *testing.T, w *world) {
		a := newActor(w)
		for n := range a.gs {
			a.begin(n)
		}
		require.True(t, a.isWhole(a.newest.Load()))
		a.replace(a.newest.Load(), 512)
		stale := a.newest.Load()
		require.True(t, a.isNewest(stale))
		require.False(t, a.isWhole(stale), "an older array is behind it")
		a.replace(stale, 512)
		a.moveAll()
		require.Nil(t, stale.older.Load())
		for id, h := range a.model {
			require.Nil(t, stale.findAll(hash(h.g, id), id))
		}
		require.False(t, a.isNewest(stale), "a lookup would stop here")
		require.False(t, a.isWhole(stale), "a walk would miss all of them")
		require.True(t, a.isWhole(a.newest.Load()))
		a.check(t)
	})
}

// After an insert during a sweep, the table is armed or the sweep has seen the entry.
func TestInsertAgainstSweepArms(t *testing.T) {
	for range testkit.ScaledByG(t, 20_000) {
		var table Table
		table.Prepare()
		var done sync.WaitGroup
		done.Add(1)
		go func() { defer done.Done(); table.Sweep() }()
		runtime.Gosched()
		enter(&table) // on this goroutine, which is alive
		done.Wait()
		if !table.armed.Load() {
			t.Fatal("no sweep will look at the entry")
		}
	}
}

// Many goroutines insert at once into a table that starts small. Only the inserts move
// entries, and they keep up.
func TestConcurrentGrowth(t *testing.T) {
	const workers = 8
	n := testkit.Scaled(t, 100_000)
	w := constructions[0].world(n, n)
	var done sync.WaitGroup
	var longest [workers]int // chain of arrays that each worker saw
	for i := range workers {
		gs := w.gs[i*n/workers : (i+1)*n/workers]
		done.Add(1)
		go func() {
			defer done.Done()
			var mine []holder
			for _, g := range gs {
				id := w.start()
				mine = append(mine, holder{g, w.enter(g, id)})
				// Look up the last one and a random one.
				for _, h := range []holder{mine[len(mine)-1], mine[int(id)%len(mine)]} {
					owner := h.e.owner.Load()
					if e := w.Find(h.g, owner); e != h.e {
						t.Errorf("goroutine %d finds %p instead of its entry %p", owner, e, h.e)
					}
				}
				chain := 0
				for a := w.newest.Load(); a != nil; a = a.older.Load() {
					chain++
				}
				longest[i] = max(longest[i], chain)
			}
		}()
	}
	done.Wait()
	arrays := slices.Max(longest[:])
	t.Logf("%d slots, at most %d arrays", w.newest.Load().mask+1, arrays)
	require.Greater(t, arrays, 1)
	require.LessOrEqual(t, arrays, maxArrays+workers, "arrays pile up")
	require.Less(t, w.newest.Load().mask+1, uint64(8*n))
	found := 0
	w.Range(func(*Entry) bool { found++; return true })
	require.Equal(t, n, found)
	require.Nil(t, w.newest.Load().older.Load())
	checkInvariants(t, &w.Table, nil)
}

// The next goroutine on a g and a sweep both want the entry that the last one left.
// Exactly one of the two gets it. They come from both ends of a row of such entries, so
// that they meet somewhere in every round.
func TestTakeOverAgainstSweep(t *testing.T) {
	const row = 2000
	alive := func(_ uintptr, id uint64) bool { return id == 2 }
	yield := func(rng *rand.Rand) {
		if rng.IntN(row/4) == 0 {
			runtime.Gosched()
		}
	}
	var both rendezvous
	defer time.AfterFunc(meetingTime, func() { both.over.Store(true) }).Stop()
	meet := func(side, round, i int) {
		if round%4 == 0 {
			both.meet(side, int64(round*row+i))
		}
	}
	rounds := testkit.Scaled(t, 300)
	rngs := [2]*rand.Rand{seeded(t), seeded(t)}
	var swept, taken int
	for round := 0; round < rounds || swept == 0 || taken == 0; round++ {
		entries := make([]Entry, row)
		for i := range entries {
			entries[i].Init(uintptr(unsafe.Pointer(&entries[i])), 1)
		}
		var took, retired [row]bool
		var sweeper sync.WaitGroup
		sweeper.Add(1)
		go func() {
			defer sweeper.Done()
			for i := range entries {
				yield(rngs[0])
				meet(0, round, i)
				retired[i] = entries[i].retireIfDead(alive)
			}
		}()
		for i := range row {
			i = row - 1 - i
			yield(rngs[1])
			if round%4 == 0 {
				i = row - 1 - i
			}
			meet(1, round, i)
			if took[i] = entries[i].takeOwnership(Claimed); took[i] {
				entries[i].Settle(2)
			}
		}
		sweeper.Wait()
		for i := range entries {
			id, owned := entries[i].Owner()
			if took[i] == retired[i] || took[i] != (owned && id == 2) {
				t.Fatalf("taken over: %v, swept: %v, owner %d", took[i], retired[i], id)
			}
			if took[i] {
				taken++
			} else {
				swept++
				require.False(t, entries[i].takeOwnership(Claimed), "gone is not final")
			}
		}
	}
	t.Logf("%d swept, %d taken over", swept, taken)
}

// A sweep that comes between a takeover and its Settle leaves the entry alone.
func TestSweepLeavesAnEntryThatIsBeingTakenOver(t *testing.T) {
	var e Entry
	e.Init(uintptr(unsafe.Pointer(&e)), 1)
	require.True(t, e.takeOwnership(Claimed))
	_, owned := e.Owner()
	require.False(t, owned)
	require.False(t, e.retireIfDead(func(uintptr, uint64) bool { t.Error("called for an entry without an owner"); return false }))
	require.False(t, e.takeOwnership(Claimed), "taken over by two")
	e.Settle(2)
	id, owned := e.Owner()
	require.True(t, owned)
	require.EqualValues(t, 2, id)
}

// The sweep looks at the g of the last owner, then a new goroutine takes the entry
// over, and then the sweep acts.
func TestSweepThatComesLateLeavesTheNextOwnerAlone(t *testing.T) {
	var e Entry
	e.Init(uintptr(unsafe.Pointer(&e)), 1)
	require.False(t, e.retireIfDead(func(_ uintptr, id uint64) bool {
		require.EqualValues(t, 1, id)
		require.True(t, e.takeOwnership(Claimed))
		e.Settle(2)
		return false
	}))
	id, owned := e.Owner()
	require.True(t, owned)
	require.EqualValues(t, 2, id)
}
