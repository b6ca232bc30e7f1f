package table

import (
	"sync/atomic"
)

// An Entry is the first field of every structure that a table holds, so that a pointer to
// it is a pointer to the structure.
type Entry struct {
	// owner is the ID of the goroutine that may use the entry, or one of the
	// marks below. Assembly in package async reads it at offset 0.
	owner atomic.Uint64

	// g is the address of the runtime's g of every owner that the entry has had, 0
	// where it is not known. Set before the entry is published, never changed.
	g uintptr
}

// Marks in Entry.owner. No goroutine has such an ID.
const (
	gone    = ^uint64(0)     // removed, and never used again
	Claimed = ^uint64(0) - 1 // the next owner clears it at the moment; see Settle
)

// inDoubt is the bit that a sweep adds to the ID of an owner that may have exited,
// see sweepInDoubt. No ID has it: IDs count goroutines.
const inDoubt = 1 << 62

// isInDoubt reports whether an owner is in doubt. The marks have the bit, too, but are not.
func isInDoubt(owner uint64) bool { return owner&inDoubt != 0 && owner < Claimed }

// certain returns an owner without the bit.
func certain(owner uint64) uint64 {
	if isInDoubt(owner) {
		return owner &^ inDoubt
	}
	return owner
}

// Init prepares an entry for its first owner. No other goroutine may have seen it.
func (e *Entry) Init(g uintptr, id uint64) {
	e.g = g
	e.owner.Store(id)
}

// Owner returns the ID of the goroutine that the entry belongs to, and false if
// it belongs to none. The load pairs with the owner's store in Init or in the
// Settle of a takeover: a goroutine that sees the ID sees an entry that has been
// cleared of its earlier owner's data.
func (e *Entry) Owner() (id uint64, ok bool) {
	id = certain(e.owner.Load())
	return id, id != gone && id != Claimed
}

// isOf reports whether the entry belongs to the goroutine id, which must be the caller,
// and resolves a doubt about that. If the CompareAndSwap fails it loads the owner again: a
// sweep may have resolved the doubt, and the next sweep may have set it again.
func (e *Entry) isOf(id uint64) bool {
	for {
		switch owner := e.owner.Load(); owner {
		case id:
			return true
		case id | inDoubt:
			if e.owner.CompareAndSwap(owner, id) {
				return true
			}
		default:
			return false
		}
	}
}

// doubt puts the entry in doubt if a goroutine owns it.
func (e *Entry) doubt() {
	if owner := e.owner.Load(); owner < Claimed {
		e.owner.CompareAndSwap(owner, owner|inDoubt)
	}
}

// G returns the g of the entry's owners.
func (e *Entry) G() uintptr { return e.g }

// takeOwnership takes the entry from an earlier goroutine on the caller's g. With the
// caller's ID or Claimed as the new owner the entry is the caller's; with gone it is
// removed. It reports whether it succeeded.
//
// The earlier owner has exited, because a g runs one goroutine at a time, so only a
// sweep can compete; the CompareAndSwap decides.
func (e *Entry) takeOwnership(as uint64) bool {
	earlier := e.owner.Load()
	return earlier < Claimed && e.owner.CompareAndSwap(earlier, as)
}

// Settle ends a takeover: the caller has cleared the entry, and its goroutine id owns it.
func (e *Entry) Settle(id uint64) { e.owner.Store(id) }

// The tombstone is an entry without an owner. It matches no key, so a probe needs no
// special case to pass it.
var tombstone = newTombstone()

func newTombstone() *Entry {
	e := new(Entry)
	e.owner.Store(gone)
	return e
}
