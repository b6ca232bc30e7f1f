package table

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/stretchr/testify/require"
)

// knowsG reports whether a g tells if its goroutine is alive.
func knowsG() bool { return g.StatusKnown() }

// seeded returns a generator whose seed a failed test shows.
func seeded(t *testing.T) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// A world has made-up goroutines. Their gs are made-up addresses, so that a test can
// choose where they hash to, and they live as long as the test wants.
type world struct {
	Table
	gs    []uintptr     // 0: the ID is the key
	ended []atomic.Bool // by ID
	next  atomic.Uint64 // the last ID

	// allAtHome reports that all gs hash to the same slot in arrays of up to
	// degenerateSlots. eachConstruction checks that they did.
	allAtHome bool
	home      uint64
}

// newWorld returns a world with these gs that can start a number of goroutines. Its table
// looks armed, so that no real sweep runs, which would find none of them alive.
func newWorld(gs []uintptr, goroutines int) *world {
	w := &world{gs: gs, ended: make([]atomic.Bool, goroutines+1)}
	w.armed.Store(true)
	return w
}

// alive is the census that tests pass to a sweep.
func (w *world) alive(_ uintptr, id uint64) bool { return !w.ended[id].Load() }

// start returns the ID of a new goroutine.
func (w *world) start() uint64 { return w.next.Add(1) }

// enter gives a goroutine its entry, with even IDs as package gls does, with odd ones as
// package async does.
func (w *world) enter(g uintptr, id uint64) *Entry {
	as := id
	if id%2 == 0 {
		as = Claimed
	}
	if e := w.TakeOver(g, as); e != nil {
		e.Settle(id)
		return e
	}
	e := new(Entry)
	e.Init(g, id)
	w.Insert(e)
	return e
}

const (
	degenerateSlots = 4096
	gStride         = 448     // the size class of a g on 64 bits
	arena           = 1 << 29 // where the gs begin
)

// A construction is a choice of gs.
type construction struct {
	name string
	// home is the slot in which all probes start, -1 if they are spread. With one
	// home there can be at most maxGs gs, or the arrays would grow until they have
	// different ones.
	home, maxGs int
	// zero makes all gs 0.
	zero bool
}

var constructions = []construction{
	{name: "g=arena", home: -1},
	// One shard takes them all.
	{name: "g=arena,home=first", home: 0, maxGs: shardLimit},
	// Probes wrap around; two shards are needed, so the array grows once.
	{name: "g=arena,home=last", home: degenerateSlots - 60, maxGs: 60 + shardLimit},
	{name: "g=0", home: -1, zero: true},
}

// world returns a world of this construction with so many gs, or as many as it can have.
func (c construction) world(gs, goroutines int) *world {
	if c.home >= 0 {
		gs = min(gs, c.maxGs)
	}
	w := newWorld(make([]uintptr, 0, gs), goroutines)
	switch {
	case c.zero:
		w.gs = w.gs[:gs]
	case c.home < 0:
		for i := range gs {
			w.gs = append(w.gs, arena+uintptr(i)*gStride)
		}
	default:
		w.allAtHome, w.home = true, uint64(c.home)
		w.gs = append(w.gs, atHome(w.home, c.maxGs)[:gs]...)
	}
	return w
}

var atHomes sync.Map // from home to []uintptr; looking for them takes a while

// atHome returns n gs that hash to the slot home.
func atHome(home uint64, n int) []uintptr {
	if gs, ok := atHomes.Load(home); ok {
		return gs.([]uintptr)
	}
	var gs []uintptr
	for g := uintptr(arena); len(gs) < n; g++ {
		if hash(g, 0)%degenerateSlots == home {
			gs = append(gs, g)
		}
	}
	atHomes.Store(home, gs)
	return gs
}

// eachConstruction runs a test in every world. At its end it checks that the gs of
// degenerate worlds still hash to one slot.
func eachConstruction(t *testing.T, gs, goroutines int, test func(t *testing.T, w *world)) {
	for _, c := range constructions {
		t.Run(c.name, func(t *testing.T) {
			w := c.world(gs, goroutines)
			test(t, w)
			if w.allAtHome {
				a := w.newest.Load()
				require.NotNil(t, a)
				require.Less(t, a.mask, uint64(degenerateSlots), "the gs do not hash to one slot any more")
				for _, g := range w.gs {
					require.Equal(t, w.home&a.mask, hash(g, 0)&a.mask)
				}
			}
		})
	}
}

// putAgain puts an entry of the table into the newest array, as a move does.
func (t *Table) putAgain(e *Entry) { t.put(hash(e.g, e.owner.Load()), e, false) }
