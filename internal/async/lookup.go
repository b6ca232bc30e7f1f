package async

import (
	"unsafe"
)

// Lookup returns the address of the caller's current store of a key, nil if there
// is none. The address is valid only until the caller next changes its stores.
//
// Where there is assembly, Lookup is a leaf: it calls nothing, and cannot be preempted.
// Uncommon cases go on in lookupSlow, where a nil key panics.
var Lookup = lookupSlow

// Current returns the caller's record, nil if it has none. An observer may publish its
// stores first, or make the record. Where Lookup is a leaf, so is Current.
var Current = currentSlow

// Capture returns the caller's execution context. It allocates nothing if no store has
// changed since the last capture. Otherwise it allocates one cell for a goroutine with a
// single key, and a grant for each revocable store in place. Most goroutines with more keys
// need no cell now: their next change copies the cells instead. With an observer, or private
// stores, Capture copies the cells. Where Lookup is a leaf, so is Capture: it handles cells
// that are captured already.
var Capture = captureSlow

// FastCell returns the caller's record, making one if it has none, and its cell for the
// key of a token, as [Record.cellFor] does. It returns no cell if a scope of the key is
// open: a layer needs more then. Where Lookup is a leaf, so is FastCell.
//
// While there is an observer it returns a cell only if the goroutine has one and its
// labels are those published. It returns none if the observer needs more than a report of
// the cell. If [Record.Observed] is true then, the caller calls [Record.EnteredLayer].
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
	reportMissed(k)
	return nil
}

// lookup returns the address of the record's store for a token, nil if it has none.
// If the store was revoked, another goroutine may have ended its scope: lookup then
// removes the scope, which restores the store beneath.
func (r *Record) lookup(t Token) unsafe.Pointer {
	for {
		if c := r.find(t); c == nil {
			return nil
		} else if p := c.resolve(t); p != nil || t&revocable == 0 || !r.has(scoped) || !r.dropEndedTop(t) {
			return p
		}
	}
}

// currentSlow is the portable twin of Current.
func currentSlow() *Record {
	r := FindRecord()
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
