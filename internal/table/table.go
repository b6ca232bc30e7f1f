package table

import (
	"sync/atomic"
)

// A Table maps goroutines to entries. The zero Table is empty and ready for use. It must
// not be copied after first use.
type Table struct {
	// newest is nil until the first insert. Its Load in Find pairs with the
	// CompareAndSwap in replace and Prepare: a goroutine that sees an array sees its fields.
	// Assembly in package async reads it at offset 0.
	newest atomic.Pointer[array]

	armed    atomic.Bool            // a sweep will follow the next garbage collection
	doubting atomic.Bool            // sweepInDoubt is running
	anchor   atomic.Pointer[anchor] // by which a pending sweep finds the table
	sweeps   atomic.Uint64          // so far
}

// Find returns the entry that belongs to goroutine id, nil if it has none. Only that
// goroutine may call it. It is wait-free in practice: it starts again only if the array was
// replaced meanwhile, which takes half a shard of new goroutines or a garbage collection.
func (t *Table) Find(g uintptr, id uint64) *Entry {
	h := hash(g, id)
	for {
		newest := t.newest.Load()
		if newest == nil {
			return nil
		}
		// Most often no move is in progress and one of the first slots has the entry. This
		// is the beginning of findAll without its calls, and takes a third of its time.
		if newest.older.Load() == nil {
			for pos := h; pos < h+4; pos++ {
				e := newest.slot(pos).Load()
				if e == nil {
					break
				}
				if e.owner.Load() == id {
					return e
				}
			}
		}
		if e := newest.findAll(h, id); e != nil || t.isNewest(newest) {
			return e
		}
		// The entry can have been moved past newest into a still newer array.
	}
}

// isNewest reports whether a has not been replaced yet.
func (t *Table) isNewest(a *array) bool { return t.newest.Load() == a }

// TakeOver reuses an entry left by an earlier goroutine on the caller's g, or returns
// nil. It sets the owner to as: the caller's ID, or Claimed to hide the entry from
// other goroutines until the caller has cleared it and calls Settle. Builds that do not
// reuse entries remove them instead: those of one g have the same hash, and would lengthen
// its probes.
func (t *Table) TakeOver(g uintptr, as uint64) *Entry {
	if g == 0 {
		return nil
	}
	h := hash(g, 0)
	newest := t.newest.Load()
	// Most often the first slot of the newest array has it. This is the beginning of
	// takeOver, without the call: als.Go then touches less of a new goroutine's stack.
	if reuse && newest != nil {
		if e := newest.slot(h).Load(); e != nil && e.g == g && e.takeOwnership(as) {
			return e
		}
	}
	for a := newest; a != nil; a = a.older.Load() {
		if e := a.takeOver(h, g, as); e != nil {
			return e
		}
	}
	return nil
}

// Prepare makes the first array. Assembly, which does not check for nil, needs it.
func (t *Table) Prepare() { t.newest.CompareAndSwap(nil, newArray(minSlots, nil)) }

// Insert adds the entry of the calling goroutine, which must have none. Lock-free.
func (t *Table) Insert(e *Entry) {
	if t.newest.Load() == nil {
		t.Prepare()
	}
	t.moveOneShard()
	t.put(hash(e.g, e.owner.Load()), e, true)
	t.arm()
}

// Remove removes the caller's own entry, which must not be used afterwards.
func (t *Table) Remove(e *Entry) {
	h := hash(e.g, certain(e.owner.Load()))
	e.owner.Store(gone)
	for a := t.newest.Load(); a != nil; a = a.older.Load() {
		a.remove(h, e)
	}
}

// put puts e, whose probe starts at h, into the newest array. It starts again if that is
// replaced meanwhile. isNew is true if e is in no array yet.
func (t *Table) put(h uint64, e *Entry, isNew bool) {
	for done := false; !done; {
		done, isNew = t.putIn(t.newest.Load(), h, e, isNew)
	}
}

// putIn is one attempt of put.
//
// If a has been replaced, a move of its entries may have passed the slot that e took. Then
// e must be put into the newest array, too. This goroutine takes the slot and then loads
// the newest; a move starts after a was replaced, and then loads the slots. So one of the
// two sees what the other did.
func (t *Table) putIn(a *array, h uint64, e *Entry, isNew bool) (done, stillNew bool) {
	at, ok := a.put(h, e, isNew)
	if !ok {
		t.grow(a, at)
		return false, isNew
	}
	return t.newest.Load() == a, false
}

// grow replaces a, unless another goroutine has, because the shard around a position
// is full: by an array of the same size if the shard holds mostly tombstones, by one
// of twice the size otherwise.
func (t *Table) grow(a *array, at uint64) {
	if t.newest.Load() != a {
		return
	}
	live := 0
	first := (at & a.mask) &^ (shardSize - 1)
	for i := range uint64(shardSize) {
		if e := a.slot(first + i).Load(); e != nil && e.owner.Load() != gone {
			live++
		}
	}
	slots := a.mask + 1
	if live > shardLimit/2 {
		slots *= 2
	}
	t.replace(a, slots)
}

// replace puts an empty array with so many slots in front of a. It reports false if a is not
// the newest any more.
func (t *Table) replace(a *array, slots uint64) bool {
	return t.newest.CompareAndSwap(a, newArray(slots, a))
}

// moveOneShard moves one shard of an older array, if there is one. Inserts call it, so the
// goroutines that cause growth share the work.
func (t *Table) moveOneShard() {
	for a := t.newest.Load().older.Load(); a != nil; a = a.older.Load() {
		if next := a.cursor.Add(1) - 1; next < uint64(len(a.shards)) {
			t.move(a, int(next))
			t.dropMoved()
			return
		}
	}
}

// moveAll moves all entries into the newest array and drops the older ones, the oldest
// first. It does not check left, as dropMoved does: it would wait for a goroutine that was
// descheduled between its move of a shard and its count.
func (t *Table) moveAll() {
	var arrays []*array // the newest first
	for a := t.newest.Load(); a != nil; a = a.older.Load() {
		arrays = append(arrays, a)
	}
	for i := len(arrays) - 1; i > 0; i-- {
		for s := range arrays[i].shards {
			t.move(arrays[i], s)
		}
		arrays[i-1].older.CompareAndSwap(arrays[i], nil)
	}
}

// move copies the entries of one shard of a replaced array into the newest.
// Several goroutines may do so at once.
func (t *Table) move(a *array, s int) {
	if a.shards[s].moved.Load() {
		return
	}
	for i := range uint64(shardSize) {
		// An insert that takes the slot after this load puts its entry into the newest
		// array itself (see putIn). An entry that is gone is not moved.
		e := a.slot(uint64(s)<<shardBits + i).Load()
		if e == nil {
			continue
		}
		// The owner is loaded once: without a g it is hashed. If it became gone between
		// two loads, e would be put at another slot, and be there twice.
		if id := certain(e.owner.Load()); id != gone {
			t.put(hash(e.g, id), e, false)
		}
	}
	if a.shards[s].moved.CompareAndSwap(false, true) {
		a.left.Add(-1)
	}
}

// dropMoved drops the oldest arrays from which all entries have been moved.
func (t *Table) dropMoved() {
	for {
		var newer *array
		a := t.newest.Load()
		for older := a.older.Load(); older != nil; older = a.older.Load() {
			newer, a = a, older
		}
		if newer == nil || a.left.Load() > 0 {
			return
		}
		newer.older.CompareAndSwap(a, nil)
	}
}

// Range calls yield once for every entry that is in the table during the whole call, in no
// order, until yield returns false. It may also yield entries that are inserted or removed
// meanwhile.
func (t *Table) Range(yield func(*Entry) bool) {
	a := t.whole()
	if a == nil {
		return
	}
	for pos := range a.mask + 1 {
		e := a.slot(pos).Load()
		if e != nil && e != tombstone && !yield(e) {
			return
		}
	}
}

// whole returns an array that was the whole table at some moment of the call: the
// newest, without older ones. It is nil if there is no array yet.
func (t *Table) whole() *array {
	for {
		a := t.newest.Load()
		if a == nil || t.isWhole(a) {
			return a
		}
		t.moveAll()
	}
}

// isWhole reports whether a is the whole table. The order of the loads matters: an array
// that is the newest in the second was so in the first.
func (t *Table) isWhole(a *array) bool { return a.older.Load() == nil && t.isNewest(a) }

// Stats count what a table uses.
type Stats struct {
	Entries int    // of goroutines, alive or exited since the last sweep
	Slots   int    // for pointers to entries, in all arrays
	Sweeps  uint64 // since the beginning
}

// Stats returns the counts of the table. It walks all slots.
func (t *Table) Stats() (s Stats) {
	s.Sweeps = t.sweeps.Load()
	t.Range(func(e *Entry) bool {
		if _, owned := e.Owner(); owned {
			s.Entries++
		}
		return true
	})
	for a := t.newest.Load(); a != nil; a = a.older.Load() {
		s.Slots += int(a.mask) + 1
	}
	return s
}
