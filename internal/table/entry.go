package table

import (
	"sync/atomic"
	"unsafe"
)

// An Entry is the head of everything that a table holds. It must be the first
// field of the structure that is allocated, so that a pointer to it is a pointer
// to that.
type Entry struct {
	// owner is the ID of the goroutine that may use the entry, or one of the
	// marks below. Assembly in package async reads it at offset 0.
	owner atomic.Uint64

	// g is the runtime's g of every owner that the entry has had, nil where it is
	// not known. Set before the entry is published, never changed. It keeps
	// nothing alive that the runtime would free: it frees no g.
	g unsafe.Pointer
}

// Marks in Entry.owner. No goroutine has such an ID.
const (
	gone    = ^uint64(0)     // taken out for good: nobody may use it or bring it back
	claimed = ^uint64(0) - 1 // being taken over by the next owner, who clears it first
)

// Init prepares an entry that nobody else has seen for its first owner.
func (e *Entry) Init(g unsafe.Pointer, id uint64) {
	e.g = g
	e.owner.Store(id)
}

// Owner returns the ID of the goroutine that the entry belongs to, and false if
// it belongs to none. The load pairs with the owner's store in Init or Release
// of a takeover: whoever sees the ID sees an entry that is clear of what earlier
// owners left.
func (e *Entry) Owner() (id uint64, ok bool) {
	id = e.owner.Load()
	return id, id != gone && id != claimed
}

// G returns the g of the entry's owners.
func (e *Entry) G() unsafe.Pointer { return e.g }

// takeOver tries to make the entry of an earlier life of the caller's g the
// caller's own. The caller must clear it and then call Settle.
//
// The earlier owner is over, for a g has one life at a time, so only a sweep can
// come between; the CompareAndSwap decides.
func (e *Entry) takeOver() bool {
	earlier, ok := e.Owner()
	return ok && e.owner.CompareAndSwap(earlier, claimed)
}

// Settle ends a takeover: the entry is clear and belongs to the goroutine id.
func (e *Entry) Settle(id uint64) { e.owner.Store(id) }

// Tombstones and seals are entries that belong to nobody and match no key, so
// that a probe needs no special case to pass them.
var tombstone, sealed = newMark(), newMark()

func newMark() *Entry {
	e := new(Entry)
	e.owner.Store(gone)
	return e
}
