package async

import (
	"unsafe"
)

// Lookup returns the address of the caller's current store of a key, nil if there
// is none. What it points to is valid until the caller next changes its stores,
// so it is read at once.
//
// Where there is assembly for it, it is one call from the g down to the cell: a
// leaf that calls nothing and cannot be preempted half way. Uncommon cases fall
// through to lookupSlow, where a nil key panics.
var Lookup = lookupSlow

// current returns the caller's record, nil if it has none. Like Lookup.
var current = currentSlow

// FastCell returns the caller's record, which it makes if there is none, and in it
// the cell for the key of a token, as [Record.cellFor] does, if a layer can be entered
// in the short way: no scope of the key is open. Otherwise it returns no cell. Like Lookup.
//
// While there is an observer it returns the cell only if the goroutine has one, what was
// published for it is up to date, and a report of that cell is all that the observer
// needs. If [Record.Observed] is true then, the caller calls [Record.EnteredLayer].
var FastCell = fastCellSlow

// lookupSlow is the portable twin of the assembly behind Lookup, and its oracle in
// tests.
func lookupSlow(k *Key) unsafe.Pointer {
	if k == nil {
		panicOfNil()
	}
	r := currentSlow()
	t := k.Token()
	if t == 0 {
		return nil
	}
	if r != nil {
		if p := r.lookup(t); p != nil {
			return p
		}
	}
	missed(k)
	return nil
}

// lookup returns the address of the record's store for a token, nil if it has none.
// If the store was revoked, its scope may have been ended on another goroutine: lookup
// then takes the scope out, which restores the store beneath.
func (r *Record) lookup(t Token) unsafe.Pointer {
	for {
		if c := r.find(t); c == nil {
			return nil
		} else if p := c.resolve(t); p != nil || t&revocable == 0 || !r.scoped || !r.dropEnded() {
			return p
		}
	}
}

// currentSlow is the portable twin of current.
func currentSlow() *Record {
	r := findRecord()
	if o := observing.Load(); o != nil {
		return o.Current(r)
	}
	return r
}

// fastCellSlow is the portable twin of FastCell.
func fastCellSlow(t Token) (*Record, *Cell) {
	if observing.Load() != nil {
		return nil, nil
	}
	r := currentOrNew()
	if r.hasTop(t) {
		return r, nil
	}
	return r, r.cellFor(t)
}
