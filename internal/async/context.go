package async

import (
	"slices"
	"unsafe"
)

// A Context is an execution context as it was at a moment: the stores of all
// keys. It is two words, immutable, and may be used by any number of goroutines
// at once. The zero Context holds no stores.
type Context struct {
	cells *Cell // shared, nil if there is no store
	mask  uint32
	flags flags // room, or 0
}

// Cells returns the cells of the context, which must not be written to.
func (c Context) Cells() []Cell {
	if c.cells == nil {
		return nil
	}
	return unsafe.Slice(c.cells, arraySize(c.mask))
}

// NewContext returns the context with the stores in the given cells, no two of which are
// of one key. Its array is as small as possible.
func NewContext(stores []Cell) Context {
	if len(stores) == 0 {
		return Context{}
	}
	reserved, flags := uint32(0), flags(0)
	if mayHaveRoom(stores) {
		reserved, flags = roomCells, room
	}
	size := uint32(1)
	for int(size) < len(stores) {
		size *= 2
	}
	for ; ; size *= 2 {
		if cells, ok := spread(stores, size, reserved); ok {
			return reportFrozen(Context{cells: cells, mask: arrayMask(size), flags: flags})
		}
	}
}

// noCells are the cells of the zero Context while a goroutine runs in it. They
// are shared, so they are never written.
var noCells Cell

// captureSlow is the portable twin of Capture.
func captureSlow() Context {
	r := currentSlow()
	if r == nil {
		return Context{}
	}
	return r.capture()
}

// capture returns the context with the record's stores, except private ones.
func (r *Record) capture() Context {
	if privateInUse.Load() && hold(r.Cells(), private) {
		if r.has(scoped) {
			r.dropEnded()
		}
		return r.copyWithout(private)
	}
	return r.captureAll()
}

// captureAll returns the record's context for use by its own goroutine.
func (r *Record) captureAll() Context {
	if r.has(scoped) {
		r.dropEnded()
	}
	if !r.has(shared) && !r.freeze() || r.cells == &noCells {
		return Context{}
	}
	return r.context()
}

// context returns the context of the record's cells, which must be those of a context.
func (r *Record) context() Context { return Context{r.cells, r.mask, r.flags & room} }

// freeze marks the record's cells as shared and reports whether any holds a store.
func (r *Record) freeze() bool {
	stores := 0
	cells := unsafe.Slice(r.cells, arraySize(r.mask))
	for i := range cells {
		cells[i].share()
		if !cells[i].token.IsVacant() {
			stores++
		}
	}
	if stores == 0 {
		return false
	}
	if sparse(stores, len(cells)) {
		c := NewContext(slices.DeleteFunc(cells, func(c Cell) bool { return c.token.IsVacant() }))
		r.cells, r.cellState = c.cells, cellState{c.mask, r.flags&^room | c.flags | shared}
		return true
	}
	inline := r.cells == &r.inline
	switch {
	case mayHaveRoom(cells):
		withRoom := make([]Cell, roomCells+len(cells))
		copy(withRoom[roomCells:], cells)
		r.cells = &withRoom[roomCells]
		r.set(room, true)
		reportFrozen(Context{r.cells, r.mask, room})
	case inline:
		r.cells = &Cell{} // a Context must not keep the record
		*r.cells = r.inline
	}
	if inline {
		r.inline = Cell{}
	}
	r.set(shared, true)
	return true
}

// Empty reports whether the Context holds no stores.
func (c Context) Empty() bool { return c.cells == nil }
