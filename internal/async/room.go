package async

import "unsafe"

// roomCells is how many cells in front of a context's an observer may use. Contexts that
// are made while there is an observer have that room in their arrays, unless they have a
// store with InheritExplicit: such a context is not published.
const roomCells = 2

// mayHaveRoom reports whether a context with these cells gets room.
func mayHaveRoom(cells []Cell) bool {
	return observing.Load() != nil && !(explicitInUse.Load() && hold(cells, explicit))
}

// Room returns the address of the first pointer in the room of a context, nil if it has
// none. The words that follow are those of two cells.
func (c Context) Room() unsafe.Pointer {
	if c.flags&room == 0 {
		return nil
	}
	first := (*Cell)(unsafe.Add(unsafe.Pointer(c.cells), -roomCells*int(cellSize)))
	return unsafe.Pointer(&first.ptr)
}

// ContextOf returns the context with the given room and mask. Sound because observers
// pass the results of Room and Mask of one context.
func ContextOf(inRoom unsafe.Pointer, mask uint32) Context {
	first := unsafe.Add(inRoom, -int(unsafe.Offsetof(Cell{}.ptr)))
	return Context{cells: (*Cell)(unsafe.Add(first, roomCells*cellSize)), mask: mask, flags: room}
}

// Mask returns the mask of the context's cells.
func (c Context) Mask() uint32 { return c.mask }

// reportFrozen reports a new context with room to the observers.
func reportFrozen(c Context) Context {
	if o := observing.Load(); o != nil && c.flags&room != 0 {
		o.Frozen(c)
	}
	return c
}
