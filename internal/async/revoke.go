package async

import (
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"
)

// A grant points to a store that can be revoked. All copies of a cell, in contexts and
// other goroutines, point to the same grant. Clearing it revokes the store for all of them
// at once, and releases it.
type grant struct {
	// value points to the store, nil if it was revoked. It is set before the grant is in a
	// cell. The end of the layer clears it, on the goroutine of the layer or, for a scope,
	// on any. So does a goroutine that has just joined the layer, or taken an Offer, and
	// finds the layer ended. Readers in other goroutines load it; one that still sees the
	// store is ordered before the end. EnterWith replaces it while no other goroutine has
	// the grant.
	value unsafe.Pointer

	// root is the grant of the layer that the store belongs to. The store of a Run or a
	// scope has its own grant there, that of an EnterWith the root of the store that it
	// replaced, or noLayer. Revoking the root ends all stores that have it.
	root *grant

	// rest is set once, nil for most grants. For a grant with another root it is captured
	// or nil.
	rest atomic.Pointer[grantRest]
}

// grantRest is the part of a grant that few grants need.
type grantRest struct {
	mu sync.Mutex

	// entered has the grants of stores that EnterWith has set in the layer with this root,
	// on any goroutine. A grant that no cell has any more is collected with its store.
	entered []weak.Pointer[grant]

	// scope keeps the scope of the store alive, once another goroutine has ended it.
	// Nothing reads it.
	scope *Scope
}

// captured is the rest of a grant with another root, once other goroutines may have it.
var captured = new(grantRest)

// noLayer is the root of every store that EnterWith sets outside a layer. The first such
// store's own grant would not do: it would keep that store alive.
var noLayer = &grant{value: unsafe.Pointer(new(byte))}

// load returns the address of the store, nil if it was revoked.
func (g *grant) load() unsafe.Pointer {
	if g.ended() {
		return nil
	}
	return atomic.LoadPointer(&g.value)
}

// ended reports whether the layer that the store belongs to has ended.
func (g *grant) ended() bool { return atomic.LoadPointer(&g.root.value) == nil }

// revoke revokes the store and, if the grant is a root, all stores that EnterWith has set
// in its layer. It pairs with join: either revoke finds the grant that joins, or join finds
// the layer ended.
func (g *grant) revoke() {
	atomic.StorePointer(&g.value, nil)
	rest := g.rest.Load()
	if rest == nil || rest == captured {
		return
	}
	rest.mu.Lock()
	entered := rest.entered
	rest.entered = nil
	rest.mu.Unlock()
	for _, w := range entered {
		if g := w.Value(); g != nil {
			g.revoke()
		}
	}
}

// join makes a new grant, which no other goroutine has, end with the layer that has this
// root. The layer may be another goroutine's, and end at the same time.
func (g *grant) join(root *grant) {
	g.root = root
	if root == noLayer {
		return
	}
	rest := root.needRest()
	rest.mu.Lock()
	rest.entered = appendWeak(rest.entered, g)
	rest.mu.Unlock()
	g.revokeIfEnded()
}

// revokeIfEnded revokes the store if its layer has ended. It is called after a change that
// the end of the layer, on another goroutine, may have been too early to see.
func (g *grant) revokeIfEnded() {
	if g.ended() {
		g.revoke()
	}
}

// markCaptured notes that the grant is about to be captured. The goroutine whose cell has it
// calls it.
func (g *grant) markCaptured() {
	if g.root != g && g.rest.Load() == nil {
		g.rest.Store(captured)
	}
}

// replaceable reports whether the next EnterWith may replace the store in the grant. Many
// of them in one layer then need one grant, which joins once.
func (g *grant) replaceable() bool { return g.root != g && g.rest.Load() == nil }

// replace replaces the store of a grant that is replaceable. As with join, either the end
// of the layer clears the new store, or replace finds the layer ended.
func (g *grant) replace(box unsafe.Pointer) {
	atomic.StorePointer(&g.value, box)
	g.revokeIfEnded()
}

// needRest returns the grant's rest, making it if there is none.
func (g *grant) needRest() *grantRest {
	if g.rest.Load() == nil {
		g.rest.CompareAndSwap(nil, new(grantRest))
	}
	return g.rest.Load()
}

// keep makes the grant keep the scope of its store alive.
func (g *grant) keep(s *Scope) {
	rest := g.needRest()
	rest.mu.Lock()
	defer rest.mu.Unlock()
	rest.scope = s
}

// appendWeak adds a grant to a list. When the list is full it drops those that have
// nothing to revoke.
func appendWeak(list []weak.Pointer[grant], g *grant) []weak.Pointer[grant] {
	if len(list) == cap(list) {
		list = slices.DeleteFunc(list, func(w weak.Pointer[grant]) bool { return isGone(w.Value()) })
	}
	return append(list, weak.Make(g))
}

// isGone reports whether there is nothing to revoke.
func isGone(g *grant) bool { return g == nil || g.ended() }

// grantIn returns the grant in a cell of a key with revocable stores, nil if
// the cell holds nothing.
func grantIn(c *Cell, t Token) *grant {
	if t&revocable == 0 || !c.token.SameIndex(t) || c.token.IsVacant() || c.markedInPlace() {
		return nil
	}
	return (*grant)(c.ptr)
}

// revokeLayer revokes the store in the cell of a layer that ends: the layer's own, or one
// that an EnterWith has replaced it with. It does nothing if the store lies in the cell
// or cannot be revoked.
func (c *Cell) revokeLayer(t Token) {
	g := grantIn(c, t)
	if g == nil || g.root == noLayer {
		return
	}
	g.root.revoke()
}

// A small store that can be revoked lies in its cell until a capture copies the cell.
// Until then no other goroutine can have it, so it needs no grant. The length of the cell
// has one of these values meanwhile.
const (
	inPlaceOfRun   = 1 // of the innermost Run, or of an EnterWith in it
	inPlaceForGood = 2 // of an EnterWith outside of a layer: nothing revokes it
)

// markedInPlace reports whether the store of a revocable key lies in its cell.
func (c *Cell) markedInPlace() bool { return c.length != 0 }

// TryInPlace prepares the cell for a store of a revocable key that the caller puts at Addr.
// It returns false if the caller must call PutBox instead. run is true for the store of a
// Run, false for that of an EnterWith.
func (c *Cell) TryInPlace(t Token, run bool) bool {
	if t&indirection != inPlace {
		return false
	}
	switch {
	case run:
		c.length = inPlaceOfRun
	case c.markedInPlace():
	case c.ptr != nil && !(*grant)(c.ptr).ended():
		return false
	default:
		c.length = inPlaceForGood
	}
	c.ptr = nil
	return true
}

// addGrant gives the store that lies in a cell of a revocable key a grant.
func (c *Cell) addGrant() {
	g := &grant{root: noLayer}
	if c.length == inPlaceOfRun {
		g.root = g
	}
	g.value = c.box()
	*c = Cell{token: c.token, ptr: unsafe.Pointer(g)}
}

// box copies the words of the store that lies in a cell of a revocable key. The pointer
// word has a pointer type in the copy, too, for the collector.
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

// Outliving returns a copy of c in which nothing revokes the stores that are not revoked
// yet. It shares the stores and copies only the cells. Without revocable stores it
// returns c.
func (c Context) Outliving() Context {
	if c.cells == nil {
		return c
	}
	cells, found := slices.Clone(unsafe.Slice(c.cells, arraySize(c.mask))), false
	for i := range cells {
		// In the cells of a Context every revocable store has a grant: see share.
		cell := &cells[i]
		g := grantIn(cell, cell.token)
		if g == nil {
			continue
		}
		found = true
		if store := g.load(); store != nil {
			outliving := &grant{value: store, root: noLayer}
			outliving.markCaptured()
			cell.ptr = unsafe.Pointer(outliving)
		} else {
			cell.vacate(cell.token)
		}
	}
	if !found {
		return c
	}
	return NewContext(slices.DeleteFunc(cells, func(c Cell) bool { return c.token.IsVacant() }))
}
