package async

import "unsafe"

// A Cell holds one store. Which words it uses depends on the type of the store;
// the rest is unused. See shapeOf.
type Cell struct {
	token  Token
	scalar uintptr
	ptr    unsafe.Pointer
	length uintptr
}

const offsetLength = unsafe.Offsetof(Cell{}.length)

const (
	cellSize      = unsafe.Sizeof(Cell{})
	offsetScalar  = Token(unsafe.Offsetof(Cell{}.scalar))
	offsetPointer = Token(unsafe.Offsetof(Cell{}.ptr))
)

// The index in a token counts in units of 32 bytes: a cell on 64 bits, more than one on 32
// bits. Offsets fit their bits. A violation does not compile.
var (
	_ [1<<indexShift - cellSize]struct{}
	_ [offsetMask - offsetPointer]struct{}
	_ = [1]struct{}{}[(offsetScalar|offsetPointer)&^offsetMask]
)

// resolve returns the address of the store in a cell that holds one for the token,
// nil if it has been revoked. Sound because a cell with this token was written
// by a key whose stores have this shape.
func (c *Cell) resolve(t Token) unsafe.Pointer {
	switch t & indirection {
	case 0:
		return unsafe.Add(unsafe.Pointer(c), uintptr(t&offsetMask))
	case boxed:
		return c.ptr
	}
	if c.markedInPlace() {
		return c.Addr(t)
	}
	return (*grant)(c.ptr).load()
}

// vacate makes c a vacant cell of t's key. It drops the pointer, so that c keeps nothing
// alive.
func (c *Cell) vacate(t Token) { *c = Cell{token: t.vacant()} }

// saveFrom copies c to saved if c holds a store of t, and else makes saved vacant. c is
// then ready for a store of t. A store of an earlier generation is dropped.
func (saved *Cell) saveFrom(c *Cell, t Token) {
	if c.token == t {
		*saved = *c
		return
	}
	saved.vacate(t)
	*c = Cell{token: t}
}

// dropStale empties a cell whose token is stale, which releases its store.
func (c *Cell) dropStale() {
	if !c.token.IsVacant() && registry.stale(c.token) {
		c.vacate(c.token)
	}
}

// share prepares a cell for a Context: it drops a stale store, and gives a grant to one
// that can be revoked and lies in place.
func (c *Cell) share() {
	c.dropStale()
	if c.IsInPlace() {
		c.addGrant()
	}
	if g := grantIn(c, c.token); g != nil {
		g.markCaptured()
	}
}

// Prepare makes a cell of t's key ready for a store of t. At the end of the layer the
// caller calls Restore with the result, and restores the words that its store has
// overwritten. A store of an earlier generation is dropped.
func (c *Cell) Prepare(t Token) (was Token) {
	if c.token == t {
		return t
	}
	if !c.token.IsVacant() { // else its words are 0
		*c = Cell{}
	}
	c.token = t
	return t.vacant()
}

// Restore undoes a Prepare, which returned was. The caller restores the words afterwards.
func (c *Cell) Restore(was Token) { c.token = was }

// PrepareInPlace prepares a cell of t's key for the store of a Run, which the caller puts
// at Addr. It returns the cell as it was, for EndInPlace. t must be [Token.InPlace].
func (c *Cell) PrepareInPlace(t Token) (was Cell) {
	if was = *c; was.token != t {
		was = Cell{token: t.vacant()}
	}
	*c = Cell{token: t, length: inPlaceOfRun}
	return was
}

// EndInPlace ends a Run that began with PrepareInPlace. It revokes the store of the Run, or
// of an EnterWith in it, and restores the cell.
func (c *Cell) EndInPlace(t Token, was Cell) {
	c.revokeLayer(t)
	*c = was
}

// Addr returns the address of the store in a cell whose token is not [Token.Boxed].
func (c *Cell) Addr(t Token) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(c), uintptr(t&offsetMask))
}

// PutBox puts a store into a cell whose token is [Token.Boxed]: box is its address,
// and is not written to from now on.
//
// A revocable store belongs to the layer of the store that it replaces or, with alone,
// to a layer of its own. If the replaced store has no layer, or its layer has ended, the
// new one is never revoked.
func (c *Cell) PutBox(t Token, box unsafe.Pointer, alone bool) {
	if t&revocable == 0 {
		c.ptr = box
		return
	}
	var g *grant
	switch earlier := grantIn(c, t); {
	case alone:
		g = &grant{value: box}
		g.root = g
	case earlier == nil || earlier.ended():
		g = &grant{value: box, root: noLayer}
	case earlier.replaceable():
		g = earlier
		g.replace(box)
	default:
		g = &grant{value: box}
		g.join(earlier.root)
	}
	*c = Cell{token: t, ptr: unsafe.Pointer(g)}
}
