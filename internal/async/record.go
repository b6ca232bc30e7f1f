package async

import (
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/table"
)

// A Record has the stores of one goroutine, its owner. Only the owner writes anything but
// the Entry, and only Holders, for tests and inspectors, reads records of others. Assembly
// reads Entry, cells, mask, flags and published; TestRecordLayout pins their offsets.
//
// One cell is inline, because most goroutines use one key. A record without stores stays
// in the table, for its owner or the next goroutine on the same g. A sweep removes it once
// its goroutine has exited.
type Record struct {
	table.Entry

	// cells points to mask>>indexShift + 1 cells: to inline, to an array of the
	// record's own, or, if shared, to the cells of a Context.
	cells *Cell
	cellState

	// published is the label set that an observer has given the goroutine, or
	// unobserved() or observed(). The leaves compare it with the goroutine's labels.
	published unsafe.Pointer

	inline Cell

	extra unsafe.Pointer // nil in most records; see extras
}

// cellState describes a record's cells. A Switch contains one. If it took more than eight
// bytes, the compiler would keep a Switch in memory instead of registers. With a field for
// each flag a call of a bound function took 12.7 ns instead of 10.9.
type cellState struct {
	mask  uint32 // index bits of a token that say which cell is the home of its key
	flags flags
}

// flags say more about a record's cells. From oneLayer on they are a count.
type flags uint32

const (
	shared     flags = 1 << 0  // copy the cells before writing to them
	scoped     flags = 1 << 8  // a scope is open in this context; assembly reads the second byte
	inlineLent flags = 1 << 16 // inline holds the cells of a context that a Switch will restore
	room       flags = 1 << 17 // there is room in front of the cells; see Context.Room
	switched   flags = 1 << 18 // in the context of a Switch
	oneLayer   flags = 1 << 19 // one layer in progress; counted under the race detector only, see RaceEnter

	manyLayers = ^(oneLayer - 1) // a count that has reached its maximum
)

// has reports whether a flag is set.
func (s cellState) has(f flags) bool { return s.flags&f != 0 }

// set sets or clears flags.
func (s *cellState) set(f flags, on bool) {
	s.flags &^= f
	if on {
		s.flags |= f
	}
}

// records holds the record of every goroutine that has one. Assembly reads it.
var records table.Table

func init() { records.Prepare() }

// recordOf returns the record that starts with e. Sound because this package inserts
// nothing but records into its table, and Entry is their first field.
func recordOf(e *table.Entry) *Record { return (*Record)(unsafe.Pointer(e)) }

// currentOrNew returns the caller's record, making one if it has none.
func currentOrNew() *Record {
	if r := Current(); r != nil {
		return r
	}
	return newRecord()
}

// FindRecord returns the record that the table has for the caller, nil if it has none. It
// does not ask an observer, as [Current] does.
func FindRecord() *Record { return recordOf(records.Find(g.Self())) }

// newRecord returns a record for a goroutine that has none.
func newRecord() *Record {
	gp, id := g.Self()
	// TakeOver sets the new owner before reset clears the record. Only Holders can see
	// that: it may report the earlier owner's stores as the new owner's.
	if e := records.TakeOver(gp, id); e != nil {
		r := recordOf(e)
		r.reset()
		return r
	}
	return addRecord(gp, id)
}

// newRecordIn returns a record that runs in c for a goroutine that has none.
func newRecordIn(c Context) *Record {
	r := Adopt(c)
	if o := observing.Load(); o != nil {
		o.Changed(r, true)
	}
	return r
}

// addRecord adds a new record to the table.
func addRecord(gp uintptr, id uint64) *Record {
	r := new(Record)
	r.useInline()
	r.published = unobserved()
	r.Init(gp, id)
	records.Insert(&r.Entry)
	return r
}

// reset empties a record and clears all its references.
func (r *Record) reset() {
	r.useInline()
	if r.dirty() {
		r.clearRest()
	}
}

// useInline makes a record use its inline cell, which clearRest empties.
func (r *Record) useInline() { r.cells, r.cellState = &r.inline, cellState{} }

// dirty reports whether there is anything for clearRest to do.
func (r *Record) dirty() bool {
	return r.inline.token != 0 || r.published != unobserved() || r.extra != nil && r.hasLeft()
}

// clearRest clears all but the cells that a record uses, if those are not inline.
func (r *Record) clearRest() {
	if r.inline.token != 0 {
		r.inline = Cell{}
	}
	r.published = unobserved()
	if r.extra != nil {
		r.resetExtras()
	}
}

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

// dropStale empties a cell whose token is stale, which releases its store.
func (c *Cell) dropStale() {
	if !c.token.IsVacant() && registry.stale(c.token) {
		c.vacate(c.token)
	}
}

// Observed reports whether an observer has published or marked the record.
func (r *Record) Observed() bool { return r.published != unobserved() }

// Keeps reports whether c, which FastCell returned, is still the cell to restore: the key's
// cell has not moved, and no scope is open.
func (r *Record) Keeps(c *Cell, t Token) bool {
	at := uintptr(unsafe.Pointer(c)) - uintptr(unsafe.Pointer(r.cells))
	return at < uintptr(arraySize(r.mask))*cellSize && c.token.SameIndex(t) && !r.has(shared) && !r.has(scoped)
}

// CellAgain returns the cell to restore where Keeps returns false. It ends the scopes that
// were opened since.
func (r *Record) CellAgain(t Token) *Cell {
	if observing.Load() == nil {
		r.published = unobserved() // there is no observer any more
	}
	if r.has(scoped) {
		r.endAbove(t)
	}
	return r.cellFor(t)
}
