package async

import (
	"sync/atomic"
	"unsafe"
)

// An Offer lets an observer publish the store of a Run that lies in its cell, without a
// grant. The first goroutine that inherits the offer and uses the engine makes the grant.
// So a Run makes none if it starts no such goroutine.
//
// The Run may end meanwhile. Withdraw clears ptr and then loads the grant, to revoke it.
// Take loads or sets the grant and then loads ptr. All four are atomic, so Withdraw finds the
// grant, or Take finds that ptr is nil and revokes the grant itself.
type Offer struct {
	grant  unsafe.Pointer // *grant, nil until the offer is taken; set once
	scalar uintptr        // one word of the store
	ptr    unsafe.Pointer // the other, noPointer if that is nil; nil once the offer is withdrawn
}

// noPointer is the ptr of an Offer whose store has a nil pointer, or none.
var noPointer = unsafe.Pointer(new(byte))

// withdrawn is the grant in an offer that was withdrawn before any goroutine took it.
var withdrawn = endedGrant()

func endedGrant() *grant {
	g := new(grant)
	g.root = g
	return g
}

// IsInPlace reports whether the cell has a revocable store that lies in it.
func (c *Cell) IsInPlace() bool { return c.token.InPlace() && c.markedInPlace() }

// Offer returns an offer of the store, which must lie in the cell.
func (c *Cell) Offer() Offer {
	if c.ptr == nil {
		return Offer{scalar: c.scalar, ptr: noPointer}
	}
	return Offer{scalar: c.scalar, ptr: c.ptr}
}

// Take returns a cell with the grant of the store, which Withdraw revokes, or has revoked.
// Any goroutine may call it. t is the token of the cell that had the store.
func (o *Offer) Take(t Token) Cell {
	g := (*grant)(atomic.LoadPointer(&o.grant))
	if g == nil {
		g = o.makeGrant(t, atomic.LoadPointer(&o.ptr))
	}
	if atomic.LoadPointer(&o.ptr) == nil {
		g.revoke()
	}
	return Cell{token: t, ptr: unsafe.Pointer(g)}
}

// makeGrant returns the grant of the offer, making it unless another goroutine has done so.
// ptr is that of the offer, which the caller has loaded.
func (o *Offer) makeGrant(t Token, ptr unsafe.Pointer) *grant {
	switch ptr {
	case nil:
		return withdrawn
	case noPointer:
		ptr = nil
	}
	c := Cell{t, o.scalar, ptr, inPlaceOfRun}
	c.addGrant()
	if atomic.CompareAndSwapPointer(&o.grant, nil, c.ptr) {
		return (*grant)(c.ptr)
	}
	return (*grant)(atomic.LoadPointer(&o.grant))
}

// Withdraw revokes the store for the goroutines that have taken it, and releases it. The
// goroutine of the Run calls it, once the Run has ended.
func (o *Offer) Withdraw() {
	atomic.StorePointer(&o.ptr, nil)
	if g := (*grant)(atomic.LoadPointer(&o.grant)); g != nil {
		g.revoke()
	}
}
