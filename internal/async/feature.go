package async

import (
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// What observers need of cells, contexts and records.

// Explicit reports whether no plain go statement carries the stores of the key.
func (t Token) Explicit() bool { return t&explicit != 0 }

// Labelled reports whether the profiler labels show the stores of the key.
func (t Token) Labelled() bool { return t&labelled != 0 }

// Token returns the cell's token, which is vacant if the cell holds nothing.
func (c *Cell) Token() Token { return c.token }

// Revoked reports whether the cell holds a store that has been revoked.
func (c *Cell) Revoked() bool { return !c.token.IsVacant() && c.resolve(c.token) == nil }

// Words returns the words of a cell without its token.
func (c *Cell) Words() (scalar uintptr, ptr unsafe.Pointer, length uintptr) {
	return c.scalar, c.ptr, c.length
}

// MakeCell returns a copy of the cell that had this token and these words.
func MakeCell(t Token, scalar uintptr, ptr unsafe.Pointer, length uintptr) Cell {
	return Cell{t, scalar, ptr, length}
}

// WithoutStale returns a copy of the cell, vacant if its token is stale.
func (c *Cell) WithoutStale() Cell {
	fresh := *c
	fresh.dropStale()
	return fresh
}

// A LabelledBox is the box of a store with a label. The label lies in front of the store,
// to which the cell points.
type LabelledBox[T any] struct {
	label struct{ name, text string }
	store T
}

// NewLabelledBox returns a box with a store that is shown as name=text.
func NewLabelledBox[T any](store T, name, text string) *LabelledBox[T] {
	b := &LabelledBox[T]{store: store}
	b.label.name, b.label.text = name, text
	return b
}

// Addr returns the address for [Cell.PutBox].
func (b *LabelledBox[T]) Addr() unsafe.Pointer { return unsafe.Pointer(&b.store) }

// Label returns the name and the text of the label of the store in a cell, empty strings
// if it has none. Sound because the store of a key with labels lies behind a label,
// whose size is a multiple of every alignment.
func (c *Cell) Label() (name, text string) {
	if c.token&labelled == 0 || c.token.IsVacant() || registry.stale(c.token) {
		return "", ""
	}
	store := c.resolve(c.token)
	if store == nil {
		return "", "" // revoked
	}
	label := (*struct{ name, text string })(unsafe.Add(store, -int(unsafe.Sizeof(LabelledBox[struct{}]{}.label))))
	return label.name, label.text
}

// LabelsWanted makes als keep the labels of stores: inheritance shows them in profiler
// labels, an inspector reads them. It is set once.
var LabelsWanted atomic.Bool

// LabelledInUse reports whether a key with labels has been used.
func LabelledInUse() bool { return labelledInUse.Load() }

// Equal reports whether two cells hold the same store of one key, or nothing.
func (c *Cell) Equal(d *Cell) bool { return *c == *d }

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

// Cells returns the cells of the context, which must not be written to.
func (c Context) Cells() []Cell {
	if c.cells == nil {
		return nil
	}
	return unsafe.Slice(c.cells, arraySize(c.mask))
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

// reportFrozen reports a new context with room to the observers.
func reportFrozen(c Context) Context {
	if o := observing.Load(); o != nil && c.flags&room != 0 {
		o.Frozen(c)
	}
	return c
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

// Stores returns the record's stores but those of keys with InheritExplicit.
func (r *Record) Stores() Context {
	if r.has(room) {
		return Context{r.cells, r.mask, room}
	}
	if r.cells == &noCells {
		return Context{}
	}
	return r.copyWithout(explicit)
}

// HoldsBeside reports whether the record holds a store in another cell than c.
func (r *Record) HoldsBeside(c *Cell) bool {
	cells := unsafe.Slice(r.cells, arraySize(r.mask))
	for i := range cells {
		if &cells[i] != c && !cells[i].token.IsVacant() {
			return true
		}
	}
	return false
}

// KeepsCell reports whether a cell is kept for t's key: the goroutine has had a store of
// it, or has been in an Exit.
func (r *Record) KeepsCell(t Token) bool {
	c := vacancy(r.cells, r.mask, t)
	return c != nil && c.token.SameIndex(t)
}

// Revoked reports whether the record has a store of t that has been revoked.
func (r *Record) Revoked(t Token) bool {
	c := r.find(t)
	return c != nil && c.resolve(t) == nil
}

// InCapturedContext reports whether the goroutine is in a captured context, in a bound
// function for example, whatever has changed in it since. The function of Go does not count.
func (r *Record) InCapturedContext() bool { return r.has(switched) }

// Cells returns the cells of the record, which must not be written to.
func (r *Record) Cells() []Cell { return unsafe.Slice(r.cells, arraySize(r.mask)) }
