package table

import (
	"runtime"
	"weak"

	"github.com/seed-1938943e/goroutine"
)

// An anchor leads from a pending sweep to its table. Only the table refers to it
// strongly, so a table that the program drops is not kept by its own sweep.
type anchor struct{ t *Table }

// A sentinel is an object that nobody refers to. Its cleanup runs after the next
// garbage collection. It holds a pointer so that it is not packed into a block
// with others that live longer.
type sentinel struct{ _ *sentinel }

// arm makes a sweep follow the next garbage collection, unless one will anyway.
//
// An insert arms after it took its slot; a sweep disarms before it looks at the
// slots. So an insert that a sweep did not see finds the table disarmed.
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

// Sweep takes out the entries of goroutines that are over, finishes what growth
// has begun, and gives memory back when a burst has passed. It runs by itself
// after a garbage collection while the table has entries.
func (t *Table) Sweep() {
	t.armed.Store(false)
	a := t.newest.Load()
	if a == nil {
		return
	}
	t.moveAll()
	a = t.newest.Load()
	var census goroutine.Census
	var live, tombstones uint64
	for pos := range a.mask + 1 {
		slot := a.slot(pos)
		e := slot.Load()
		switch {
		case e == nil || e == sealed:
		case e == tombstone:
			tombstones++
		case t.over(&census, e):
			slot.CompareAndSwap(e, tombstone)
			tombstones++
		default:
			live++
		}
	}
	if slots, worthwhile := fit(a.mask+1, live, tombstones); worthwhile && t.replace(a, slots) {
		t.moveAll()
	}
	if live > 0 {
		t.arm()
	}
}

// over reports whether the entry is gone, and makes it so if its owner is over.
//
// The owner is loaded first: a g whose ID is the owner's and whose status is
// dead, or whose ID is another, has ended that owner's life (see
// [goroutine.Census.Alive]). If a new goroutine on the same g takes the entry
// over meanwhile, the owner has changed and the CompareAndSwap fails.
func (t *Table) over(census *goroutine.Census, e *Entry) bool {
	id := e.owner.Load()
	if id == gone {
		return true
	}
	return id != claimed && !census.Alive(e.g, id) && e.owner.CompareAndSwap(id, gone)
}

// fit returns how many slots suit a number of live entries, and whether that
// differs enough from what there is. The new array is at most half full, so that
// it does not grow again at once; an array is kept until it is less than an eighth
// full or a quarter of it are tombstones, which lengthen every probe.
func fit(slots, live, tombstones uint64) (best uint64, worthwhile bool) {
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
