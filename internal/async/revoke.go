package async

import (
	"sync/atomic"
	"unsafe"
)

// A holder stands between a cell and a store that can be revoked. Copies of the
// cell in contexts and other goroutines all point to the one holder, so clearing
// it takes the store from everyone at once and lets go of it.
type holder struct {
	// value points to the store. It is set before the holder is in a cell and
	// cleared once, by the goroutine whose layer ends. Readers in other goroutines
	// load it; one that still sees the store is ordered before the end.
	value unsafe.Pointer

	// root is the holder of the layer in which the store was put in place: of a
	// Run or a scope its own, of an EnterWith that of the store that was current,
	// or unending. A store lives no longer than its root.
	root *holder
}

// unending is the root of what EnterWith puts in place outside of a layer. It holds
// no user's store, so that of two EnterWiths the second does not keep the first's.
var unending = &holder{value: unsafe.Pointer(new(byte))}

// load returns the address of the store, nil if it was revoked.
func (h *holder) load() unsafe.Pointer {
	if h.ended() {
		return nil
	}
	return atomic.LoadPointer(&h.value)
}

// ended reports whether the layer that the store belongs to has ended.
func (h *holder) ended() bool { return atomic.LoadPointer(&h.root.value) == nil }

func (h *holder) revoke() { atomic.StorePointer(&h.value, nil) }

// holderIn returns the holder in a cell of a key with revocable stores, nil if
// the cell holds nothing.
func holderIn(c *Cell, t Token) *holder {
	if t&revocable == 0 || !c.token.sameIndex(t) || c.token.isClaim() {
		return nil
	}
	return (*holder)(c.ptr)
}
