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

// Adopt makes a record, which runs in c, for a goroutine that has none.
func Adopt(c Context) *Record {
	gp, id := g.Self()
	r := recordOf(records.TakeOver(gp, id))
	if r == nil {
		r = addRecord(gp, id)
	}
	r.cells, r.cellState = c.cells, cellState{c.mask, c.flags | shared}
	if c.cells == nil {
		r.cells = &noCells
	}
	if r.dirty() {
		r.clearRest()
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
