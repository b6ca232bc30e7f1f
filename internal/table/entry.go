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
	Claimed = ^uint64(0) - 1 // being taken over by the next owner, who clears it first
)

// Init prepares an entry that nobody else has seen for its first owner.
func (e *Entry) Init(g unsafe.Pointer, id uint64) {
	e.g = g
	e.owner.Store(id)
}

// Owner returns the ID of the goroutine that the entry belongs to, and false if
// it belongs to none. The load pairs with the owner's store in Init or in the
// Settle of a takeover: whoever sees the ID sees an entry that is clear of what
// earlier owners left.
func (e *Entry) Owner() (id uint64, ok bool) {
	id = e.owner.Load()
	return id, id != gone && id != Claimed
}

// G returns the g of the entry's owners.
func (e *Entry) G() unsafe.Pointer { return e.g }

// succeed tries to end the ownership of an earlier life of the caller's g: with the
// caller's ID or Claimed the entry is the caller's, with gone it is taken out.
//
// The earlier owner is over, for a g has one life at a time, so only a sweep can
// come between; the CompareAndSwap decides.
func (e *Entry) succeed(as uint64) bool {
	earlier, ok := e.Owner()
	return ok && e.owner.CompareAndSwap(earlier, as)
}

// Settle ends a takeover: the entry is clear and belongs to the goroutine id.
func (e *Entry) Settle(id uint64) { e.owner.Store(id) }

// The tombstone is an entry that belongs to nobody and matches no key, so that a
// probe needs no special case to pass it.
var tombstone = newTombstone()

func newTombstone() *Entry {
	e := new(Entry)
	e.owner.Store(gone)
	return e
}
