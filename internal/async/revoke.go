package async

import (
	"slices"
	"sync/atomic"
	"unsafe"
)

// A grant stands between a cell and a store that can be revoked. Copies of the
// cell in contexts and other goroutines all point to the one grant. Clearing it revokes
// the store for all of them at once, and nothing keeps the store alive any more.
type grant struct {
	// value points to the store. It is set before the grant is in a cell and
	// cleared once, by the goroutine whose layer ends. Readers in other goroutines
	// load it; one that still sees the store is ordered before the end.
	value unsafe.Pointer

	// root is the grant of the layer in which the store was put in place: of a
	// Run or a scope its own, of an EnterWith that of the store that was current,
	// or noLayer. A store lives no longer than its root.
	root *grant

	// scope is a scope that has ended on another goroutine than its own, and whose store
	// this is. It is there to be kept, and not loaded.
	scope unsafe.Pointer
}

// noLayer is the root of every store that EnterWith puts in place outside a layer. It
// must not be the first such store's own grant, which would keep that store alive.
var noLayer = &grant{value: unsafe.Pointer(new(byte))}

// load returns the address of the store, nil if it was revoked.
func (h *grant) load() unsafe.Pointer {
	if h.ended() {
		return nil
	}
	return atomic.LoadPointer(&h.value)
}

// ended reports whether the layer that the store belongs to has ended.
func (h *grant) ended() bool { return atomic.LoadPointer(&h.root.value) == nil }

func (h *grant) revoke() { atomic.StorePointer(&h.value, nil) }

// grantIn returns the grant in a cell of a key with revocable stores, nil if
// the cell holds nothing.
func grantIn(c *Cell, t Token) *grant {
	if t&revocable == 0 || !c.token.sameIndex(t) || c.token.IsVacant() || c.lies() {
		return nil
	}
	return (*grant)(c.ptr)
}

// revokeLayer revokes the store in the cell of a layer that ends: the layer's own, or one
// that an EnterWith has replaced it with. It does nothing if the store was never captured
// or cannot be revoked.
func (c *Cell) revokeLayer(t Token) {
	h := grantIn(c, t)
	if h == nil || h.root == noLayer {
		return
	}
	h.root.revoke()
	if h != h.root {
		h.revoke()
	}
}

// A store that can be revoked and is small lies in its cell, as others do, for as long
// as no capture has it: its end is then that of the cell. The length of the cell says
// so, and whether the store belongs to a Run.
const (
	liesOfRun   = 1 // of the innermost Run, or entered in its place
	liesForGood = 2 // of an EnterWith outside of a layer: nothing revokes it
)

// lies reports whether the store of a revocable key lies in its cell.
func (c *Cell) lies() bool { return c.length != 0 }

// InPlace reports whether the caller is to put a store of a revocable key into the
// cell, at Addr, instead of calling PutBox. run says that it is the store of a Run,
// else it is that of an EnterWith.
func (c *Cell) InPlace(t Token, run bool) bool {
	if t&indirection != inPlace {
		return false
	}
	switch {
	case run:
		c.length = liesOfRun
	case c.lies():
	case c.ptr != nil && !(*grant)(c.ptr).ended():
		return false
	default:
		c.length = liesForGood
	}
	c.ptr = nil
	return true
}

// addGrant gives the store that lies in a cell of a revocable key a grant.
func (c *Cell) addGrant() {
	h := &grant{root: noLayer}
	if c.length == liesOfRun {
		h.root = h
	}
	h.value = c.box()
	*c = Cell{token: c.token, ptr: unsafe.Pointer(h)}
}

// box copies the words of the store that lies in a cell of a revocable key. The
// collector knows them as it does those of the cell.
func (c *Cell) box() unsafe.Pointer {
	if c.token&offsetMask == offsetPointer {
		box := c.ptr
		return unsafe.Pointer(&box)
	}
	return unsafe.Pointer(&struct {
		scalar uintptr
		ptr    unsafe.Pointer
	}{c.scalar, c.ptr})
}

// Outliving returns the context with the revocable stores that it has now in grants of
// their own, which nothing revokes. It shares the stores, and copies no more than the
// cells; without such stores it is c.
func (c Context) Outliving() Context {
	if c.cells == nil {
		return c
	}
	cells, found := slices.Clone(unsafe.Slice(c.cells, arraySize(c.mask))), false
	for i := range cells {
		// The cells of a Context have no store of a revocable key in place: see share.
		cell := &cells[i]
		h := grantIn(cell, cell.token)
		if h == nil {
			continue
		}
		found = true
		if store := h.load(); store != nil {
			cell.ptr = unsafe.Pointer(&grant{value: store, root: noLayer})
		} else {
			cell.empty(cell.token)
		}
	}
	if !found {
		return c
	}
	return NewContext(slices.DeleteFunc(cells, func(c Cell) bool { return c.token.IsVacant() }))
}
