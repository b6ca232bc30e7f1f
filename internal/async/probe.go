package async

import "unsafe"

// maxProbe bounds a probe: a key's cell is one of the maxProbe cells from its home on. A
// read of a key without a store looks at no more than these.
const maxProbe = 4

// firstArray is the number of cells of the first array. One cell is inline, so a
// goroutine that needs an array has at least two keys in use.
const firstArray = 4

// cellAt returns the cell that lies place cells after the home of t's key, in an array
// with the given mask. Sound because the mask keeps it inside the array.
func cellAt(cells *Cell, mask uint32, t Token, place uint32) *Cell {
	home := (uint32(t) + place<<indexShift) & mask
	if cellSize == 1<<indexShift {
		return (*Cell)(unsafe.Add(unsafe.Pointer(cells), home)) // 64 bits: the masked token is the offset
	}
	return (*Cell)(unsafe.Add(unsafe.Pointer(cells), uintptr(home>>indexShift)*cellSize))
}

func arraySize(mask uint32) uint32 { return mask>>indexShift + 1 }
func arrayMask(size uint32) uint32 { return (size - 1) << indexShift }

// find returns the cell that holds a store for the token, nil if none does.
func (r *Record) find(t Token) *Cell {
	for place := range min(maxProbe, arraySize(r.mask)) {
		c := cellAt(r.cells, r.mask, t, place)
		if c.token == t {
			return c
		}
		if c.token == 0 {
			break // an empty cell keeps an index, so nothing was put behind this one
		}
	}
	return nil
}

// CellFor returns the caller's record, making one if it has none, and its cell for the
// key of a token, as cellFor does. After a write to the cell the caller calls Changed.
func CellFor(t Token) (*Record, *Cell) {
	r := currentOrNew()
	if r.has(scoped) && t&revocable != 0 {
		r.dropEndedTop(t)
	}
	return r, r.cellFor(t)
}

// cellFor returns the cell for the key of a token, writable. It holds a store of
// the key, maybe of an earlier generation, or nothing.
func (r *Record) cellFor(t Token) *Cell {
	if c := cellAt(r.cells, r.mask, t, 0); c.token.SameIndex(t) && !r.has(shared) {
		return c
	}
	return r.findPlace(t)
}

// findPlace is cellFor for shared cells, and for a key whose cell is not at its home.
func (r *Record) findPlace(t Token) *Cell {
	if r.has(shared) {
		r.unshare()
	}
	for {
		if c := vacancy(r.cells, r.mask, t); c != nil {
			return c
		}
		r.grow()
	}
}

// vacancy returns the cell of t's key if it has one, and else a cell that is free for it.
// It returns nil if the whole probe is taken by other keys.
func vacancy(cells *Cell, mask uint32, t Token) *Cell {
	var vacant *Cell
	for place := range min(maxProbe, arraySize(mask)) {
		c := cellAt(cells, mask, t, place)
		if c.token.SameIndex(t) {
			return c
		}
		if vacant == nil && c.token.IsVacant() {
			vacant = c
		}
	}
	return vacant
}

// sparse reports whether an array of the given size is much too large for its stores. Such
// an array is replaced where it would be copied or captured, so that a goroutine does not
// pay for stores that it had earlier.
func sparse(stores, size int) bool { return size > 2*firstArray && stores <= size/8 }

// unshare gives the record its own copy of the cells that it shares.
func (r *Record) unshare() {
	size := arraySize(r.mask)
	if from := unsafe.Slice(r.cells, size); sparse(countLive(from), len(from)) {
		r.spreadFrom(from, firstArray)
		r.set(shared, false)
		return
	}
	mine := &r.inline
	if size > 1 || r.has(inlineLent) {
		mine = unsafe.SliceData(make([]Cell, size))
	}
	from, to := unsafe.Slice(r.cells, size), unsafe.Slice(mine, size)
	for i, c := range from {
		to[i] = c
		to[i].dropStale()
	}
	r.cells = mine
	r.set(shared|room, false)
}

// grow doubles the array of cells until every store has a place in it. It does not copy
// cells that are vacant or stale.
func (r *Record) grow() {
	from := unsafe.Slice(r.cells, arraySize(r.mask))
	r.spreadFrom(from, max(firstArray, 2*uint32(len(from))))
}

// spreadFrom gives the record a new array, of at least the given size, with the stores of
// another array.
func (r *Record) spreadFrom(from []Cell, size uint32) {
	for ; ; size *= 2 {
		if cells, ok := spread(from, size, 0); ok {
			if r.cells == &r.inline {
				r.inline = Cell{}
			}
			r.cells, r.mask = cells, arrayMask(size)
			r.set(room, false)
			return
		}
	}
}

// countLive returns how many cells hold a store.
func countLive(cells []Cell) (live int) {
	for i := range cells {
		if t := cells[i].token; !t.IsVacant() && !registry.stale(t) {
			live++
		}
	}
	return live
}

// spread returns a new array of the given size with the stores of another, and reserved
// cells in front of it. It returns false if a store finds no place within maxProbe.
func spread(from []Cell, size, reserved uint32) (*Cell, bool) {
	cells, mask := &make([]Cell, reserved+size)[reserved], arrayMask(size)
	for _, c := range from {
		c.dropStale()
		if c.token.IsVacant() {
			continue
		}
		to := vacancy(cells, mask, c.token)
		if to == nil {
			return nil, false
		}
		*to = c
	}
	return cells, true
}

// CellOf returns the cell of t's key, nil if it has none. The cell may have a store of an
// earlier generation, or nothing.
func (c Context) CellOf(t Token) *Cell {
	for place := range min(maxProbe, arraySize(c.mask)) {
		if cell := cellAt(c.cells, c.mask, t, place); cell.token.SameIndex(t) {
			return cell
		}
	}
	return nil
}

// Cells returns the cells of the record, which must not be written to.
func (r *Record) Cells() []Cell { return unsafe.Slice(r.cells, arraySize(r.mask)) }
