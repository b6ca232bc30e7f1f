package async

import (
	"sync/atomic"
	"unsafe"
)

// An Offer is the store of a layer that lies in its cell, as an observer publishes it:
// goroutines that the engine does not know of inherit it, and one that uses the engine
// takes it. Only then does the store need a grant, which the first of them makes. So a
// Run whose goroutine starts none, or none that uses the engine, makes no grant.
//
// Withdraw clears ptr and then looks for a grant to revoke. Take looks for the grant, or
// stores its own, and then looks at ptr. All four are atomic, so either Withdraw finds the
// grant or Take finds no ptr, and what Take returns is revoked once the layer has ended.
type Offer struct {
	grant  unsafe.Pointer // *grant, set once
	scalar uintptr        // a word of the store
	ptr    unsafe.Pointer // the other, or noPointer if that is nil; nil once withdrawn
}

// noPointer is the ptr of an Offer for a store whose pointer is nil, or that has none.
var noPointer = unsafe.Pointer(new(byte))

// withdrawn is the grant of offers that were withdrawn before any goroutine took them.
var withdrawn = newEnded()

func newEnded() *grant {
	h := new(grant)
	h.root = h
	return h
}

// Lies reports whether the cell has the store of a revocable key in place.
func (c *Cell) Lies() bool { return c.token.InPlace() && c.lies() }

// Offer offers the store in a cell that Lies, for as long as its layer lasts.
func (c *Cell) Offer() Offer {
	if c.ptr == nil {
		return Offer{scalar: c.scalar, ptr: noPointer}
	}
	return Offer{scalar: c.scalar, ptr: c.ptr}
}

// Take returns a cell with the store, or with one that was revoked if the offer has been
// withdrawn. Any goroutine may call it. t is the token of the cell that had the store.
func (o *Offer) Take(t Token) Cell {
	h := (*grant)(atomic.LoadPointer(&o.grant))
	if h == nil {
		h = o.makeGrant(t)
	}
	if atomic.LoadPointer(&o.ptr) == nil {
		h.revoke()
	}
	return Cell{token: t, ptr: unsafe.Pointer(h)}
}

func (o *Offer) makeGrant(t Token) *grant {
	ptr := atomic.LoadPointer(&o.ptr)
	if ptr == nil {
		return withdrawn
	}
	if ptr == noPointer {
		ptr = nil
	}
	c := Cell{t, o.scalar, ptr, liesOfRun}
	c.addGrant()
	if !atomic.CompareAndSwapPointer(&o.grant, nil, c.ptr) {
		return (*grant)(atomic.LoadPointer(&o.grant))
	}
	return (*grant)(c.ptr)
}

// Withdraw revokes the store for all that took it, and releases it. The goroutine of the
// layer calls it, at the layer's end.
func (o *Offer) Withdraw() {
	atomic.StorePointer(&o.ptr, nil)
	if h := (*grant)(atomic.LoadPointer(&o.grant)); h != nil {
		h.revoke()
	}
}
