package table

import (
	"runtime"
	"weak"

	_ "github.com/seed-1938943e/goroutine" // initializes package g
	"github.com/seed-1938943e/goroutine/internal/g"
)

// An anchor leads from a pending sweep to its table. The sweep has a weak pointer to it, so
// that a table which the program drops can be collected.
type anchor struct{ t *Table }

// A sentinel is an object without references, whose cleanup runs after the next garbage
// collection. It has a pointer field because the allocator packs small objects without one
// into a block, which lives as long as any of them.
type sentinel struct{ _ *sentinel }

// arm makes a sweep follow the next garbage collection, unless one will anyway.
//
// An insert takes its slot and then arms; a sweep disarms and then looks at the slots. So
// an insert that a sweep did not see finds the table disarmed.
func (t *Table) arm() {
	if t.armed.Load() || !t.armed.CompareAndSwap(false, true) {
		return
	}
	a := t.anchor.Load()
	if a == nil {
		t.anchor.CompareAndSwap(nil, &anchor{t})
		a = t.anchor.Load()
	}
	runtime.AddCleanup(new(sentinel), afterGC, weak.Make(a))
}

// afterGC runs on the runtime's cleanup goroutine, outside any synctest bubble.
func afterGC(w weak.Pointer[anchor]) {
	if a := w.Value(); a != nil {
		a.t.Sweep()
	}
}

// Sweep removes the entries of goroutines that have exited, completes a growth in
// progress, and releases memory after a burst. It runs by itself after a garbage
// collection while the table has entries.
func (t *Table) Sweep() {
	t.armed.Store(false) // before the slots: see arm
	t.sweeps.Add(1)
	var remaining bool
	if g.StatusKnown() {
		remaining = t.sweep(new(g.Census).Alive)
	} else {
		remaining = t.sweepInDoubt(takeCensus)
	}
	if remaining {
		t.arm()
	}
}

// takeCensus returns a function that reports whether a goroutine that existed before
// the call is alive.
func takeCensus() (alive func(g uintptr, id uint64) bool) {
	census := new(g.Census)
	census.Take()
	return census.Alive
}

// sweepInDoubt is a sweep with a census that may miss a goroutine which is alive: it misses
// the goroutine that runs finalizers while that one is idle. So the sweep first puts every
// entry in doubt, then takes the census, and removes only entries that are still in doubt. A
// goroutine that finds its entry in doubt resolves that. Both use CompareAndSwap, and:
//
//   - A goroutine that found its entry before it was in doubt, and still runs, is in the
//     census.
//   - A goroutine that the census missed and that runs again later finds its entry in
//     doubt, or finds none and makes a new one.
//
// There is one such sweep at a time, since the doubt must be older than the census.
func (t *Table) sweepInDoubt(census func() (alive func(g uintptr, id uint64) bool)) (remaining bool) {
	if !t.doubting.CompareAndSwap(false, true) {
		return true // sweep again after the next collection
	}
	defer t.doubting.Store(false)
	t.Range(func(e *Entry) bool { e.doubt(); return true })
	alive := census()
	return t.sweepBy(func(e *Entry) bool { return e.retireIfInDoubt(alive) })
}

// sweep is Sweep with a given census: alive reports whether a goroutine is alive.
func (t *Table) sweep(alive func(g uintptr, id uint64) bool) (remaining bool) {
	return t.sweepBy(func(e *Entry) bool { return e.retireIfDead(alive) })
}

// sweepBy removes the entries for which retire returns true, and releases memory. It
// reports whether the table has entries left. It may miss entries that are inserted
// after whole returned; their inserts arm the table again.
func (t *Table) sweepBy(retire func(*Entry) bool) (remaining bool) {
	a := t.whole()
	if a == nil {
		return false
	}
	var live, tombstones uint64
	for pos := range a.mask + 1 {
		slot := a.slot(pos)
		e := slot.Load()
		switch {
		case e == nil:
		case e == tombstone:
			tombstones++
		case retire(e):
			slot.CompareAndSwap(e, tombstone)
			tombstones++
		default:
			live++
		}
	}
	if slots, worthwhile := bestSize(a.mask+1, live, tombstones); worthwhile && t.replace(a, slots) {
		t.moveAll()
	}
	return live > 0
}

// retireIfDead marks the entry gone if its owner has exited, and reports whether it is
// gone.
//
// The owner is loaded first. If the g has another ID afterwards, or that ID and the status
// of a dead g, the owner has exited (see [g.Census.Alive]). If a new goroutine on the
// same g takes the entry over meanwhile, the owner has changed and the CompareAndSwap
// fails.
func (e *Entry) retireIfDead(alive func(g uintptr, id uint64) bool) bool {
	id := e.owner.Load()
	if id == gone {
		return true
	}
	return id != Claimed && !alive(e.g, id) && e.owner.CompareAndSwap(id, gone)
}

// retireIfInDoubt is retireIfDead for entries that are in doubt; it leaves others as
// they are.
func (e *Entry) retireIfInDoubt(alive func(g uintptr, id uint64) bool) bool {
	word := e.owner.Load()
	switch {
	case word == gone:
		return true
	case !isInDoubt(word):
		return false
	case !alive(e.g, word&^inDoubt):
		return e.owner.CompareAndSwap(word, gone)
	}
	e.owner.CompareAndSwap(word, word&^inDoubt)
	return false
}

// bestSize returns the number of slots for some live entries, and whether a new array of
// that size is worthwhile. It would be at most half full, so that it does not grow again at
// once. It is worthwhile if the old one is less than an eighth full, or a quarter of it are
// tombstones, which lengthen every probe.
func bestSize(slots, live, tombstones uint64) (best uint64, worthwhile bool) {
	best = minSlots
	for best < 2*live {
		best *= 2
	}
	switch {
	case best < slots && live < slots/8:
		return best, true
	case tombstones > slots/4:
		return best, true
	}
	return slots, false
}
