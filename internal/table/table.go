package table

import (
	"sync/atomic"
	"unsafe"
)

// A Table maps goroutines to entries. The zero Table is empty and ready. It must
// not be copied after first use.
type Table struct {
	// newest is nil until the first insert. Its Load in Find pairs with the
	// CompareAndSwap in replace and first: whoever sees an array sees its fields.
	// Assembly in package async reads it at offset 0.
	newest atomic.Pointer[array]

	armed  atomic.Bool            // a sweep will follow the next garbage collection
	anchor atomic.Pointer[anchor] // what a pending sweep knows of the table
}

// Find returns the entry that belongs to goroutine id, nil if it has none. It
// must be called by that goroutine. It is wait-free: it starts again only when
// the table grew meanwhile, which the number of goroutines bounds.
func (t *Table) Find(g unsafe.Pointer, id uint64) *Entry {
	h := hash(g, id)
	for {
		newest := t.newest.Load()
		if newest == nil {
			return nil
		}
		if e := newest.findAll(h, id); e != nil {
			return e
		}
		// An entry can have been moved past newest into a still newer array.
		if t.newest.Load() == newest {
			return nil
		}
	}
}

// TakeOver returns an entry that an earlier goroutine on the caller's g left
// behind, nil if there is none. The caller clears it, calls its Settle, and only
// then lets others see it again.
func (t *Table) TakeOver(g unsafe.Pointer) *Entry {
	if !reuse || g == nil {
		return nil
	}
	h := hash(g, 0)
	for a := t.newest.Load(); a != nil; a = a.older.Load() {
		if e := a.takeOver(h, g); e != nil {
			return e
		}
	}
	return nil
}

// Prepare makes the first array, so that assembly needs no check for nil.
func (t *Table) Prepare() { t.newest.CompareAndSwap(nil, newArray(minSlots, nil)) }

// Insert adds the entry of the calling goroutine, which must have none. Lock-free.
func (t *Table) Insert(e *Entry) {
	if t.newest.Load() == nil {
		t.Prepare()
	}
	t.moveOneShard()
	t.put(e)
	t.arm()
}

// put brings e into the newest array, whichever that is by then.
func (t *Table) put(e *Entry) {
	h := hash(e.g, e.owner.Load())
	for {
		a := t.newest.Load()
		if a.put(h, e) == put {
			return
		}
		t.grow(a, h)
	}
}

// grow replaces a if nobody else has: by an array of the same size if the shard
// that is full holds mostly tombstones, by one of twice the size otherwise.
func (t *Table) grow(a *array, h uint64) {
	if t.newest.Load() != a {
		return
	}
	live := 0
	first := (h & a.mask) &^ (shardSize - 1)
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

func (t *Table) replace(a *array, slots uint64) bool {
	return t.newest.CompareAndSwap(a, newArray(slots, a))
}

// moveOneShard moves one shard of the array behind the newest, if there is one.
// Inserts call it, so that the work of growing is spread over those who caused it.
func (t *Table) moveOneShard() {
	a := t.newest.Load().older.Load()
	if a == nil {
		return
	}
	if next := a.cursor.Add(1) - 1; next < uint64(len(a.shards)) {
		t.move(a, int(next))
		t.cut()
	}
}

// moveAll moves everything into the newest array. Oldest first, for cut cuts from
// that end.
func (t *Table) moveAll() {
	var behind []*array
	for a := t.newest.Load(); a != nil; a = a.older.Load() {
		behind = append(behind, a)
	}
	for i := len(behind) - 1; i > 0; i-- {
		for s := range behind[i].shards {
			t.move(behind[i], s)
		}
	}
	t.cut()
}

// move copies the entries of one shard of a replaced array into the newest and
// seals its empty slots. Several goroutines may do so at once.
func (t *Table) move(a *array, s int) {
	if a.shards[s].moved.Load() {
		return
	}
	for i := range uint64(shardSize) {
		slot := a.slot(uint64(s)<<shardBits + i)
		e := slot.Load()
		if e == nil {
			if slot.CompareAndSwap(nil, sealed) {
				continue
			}
			e = slot.Load() // taken meanwhile; a slot never becomes empty again
		}
		// An entry that is gone stays behind: nobody looks for it.
		if e.owner.Load() != gone {
			t.put(e)
		}
	}
	if a.shards[s].moved.CompareAndSwap(false, true) {
		a.left.Add(-1)
	}
}

// cut takes the arrays at the old end from which everything has been moved.
func (t *Table) cut() {
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

// Range calls yield once for every entry that is in the table from its start to
// its end, in no order, until yield returns false. Entries that come or go
// meanwhile it may or may not see.
func (t *Table) Range(yield func(*Entry) bool) {
	a := t.newest.Load()
	if a == nil {
		return
	}
	for a.older.Load() != nil {
		t.moveAll()
		a = t.newest.Load()
	}
	for pos := range a.mask + 1 {
		e := a.slot(pos).Load()
		if e == nil || e == tombstone || e == sealed || !a.isFirst(e, pos) {
			continue
		}
		if !yield(e) {
			return
		}
	}
}
