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

// The index in a token is a multiple of the size of a cell (on 32 bits, where a
// cell is smaller, at least room for one), and offsets fit their bits. A
// violation does not compile.
var (
	_ [1<<indexShift - cellSize]struct{}
	_ [offsetMask - offsetPointer]struct{}
	_ = [1]struct{}{}[(offsetScalar|offsetPointer)&^offsetMask]
)

// store returns the address of the store in a cell that holds one for the token,
// nil if it has been revoked. Sound because a cell with this token was written
// by a key whose stores have this shape.
func (c *Cell) store(t Token) unsafe.Pointer {
	switch t & indirection {
	case 0:
		return unsafe.Add(unsafe.Pointer(c), uintptr(t&offsetMask))
	case boxed:
		return c.ptr
	}
	if c.lies() {
		return c.Store(t)
	}
	return (*holder)(c.ptr).load()
}

// empty makes c hold nothing while staying at its index's place. It drops the
// pointer, so that nothing is kept alive.
func (c *Cell) empty(t Token) { *c = Cell{token: t.claim()} }
