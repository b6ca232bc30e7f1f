package async

import (
	"sync"
	"unsafe"
)

// A Clean is a layer for all keys that starts without stores. It is used like a
// [Switch] to the zero Context and does the same, but where the goroutine has no
// stores anyway it lends it an array of cells, which comes back unless somebody has
// captured it. So work that has a few stores of its own, such as a request, allocates
// no cells, and a goroutine that waits for the next piece of it keeps none.
type Clean struct {
	away Switch
	rec  *Record // of a goroutine that had no stores, nil if it had to switch
}

// rooms are the arrays to lend. There is nothing in their cells.
var rooms = sync.Pool{New: func() any { return new([firstArray]Cell) }}

// EnterClean begins the layer.
func EnterClean() Clean {
	r := own()
	if watched.Load() != nil || !r.holdsNothing() { // who watches must hear of the switch
		return Clean{away: Context{}.Enter()}
	}
	r.Busy()
	if r.cells == &r.inline {
		r.inline = Cell{}
		r.cells, r.mask = &rooms.Get().(*[firstArray]Cell)[0], arrayMask(firstArray)
	}
	return Clean{rec: r}
}

// Leave ends the layer: the caller's stores are as before. Scopes opened since end.
func (c Clean) Leave() {
	r := c.rec
	if r == nil {
		c.away.Leave()
		return
	}
	if r.scopes != nil {
		r.endAll()
	}
	if !r.shared { // else the cells are those of whoever captured them, as they are
		cells := unsafe.Slice(r.cells, arraySize(r.mask))
		clear(cells)
		if len(cells) == firstArray {
			rooms.Put((*[firstArray]Cell)(cells))
		}
	}
	r.rest()
	r.Rest()
}

// rest gives a record without stores the cells of a new one.
func (r *Record) rest() {
	r.mask = 0
	if r.away {
		r.cells, r.shared = &noCells, true // inline is somebody's to come back to
		return
	}
	r.cells, r.shared = &r.inline, false
	r.inline = Cell{}
}

// holdsNothing reports whether the record has cells of its own and nothing in them.
func (r *Record) holdsNothing() bool {
	if r.shared || r.scopes != nil {
		return false
	}
	for _, c := range unsafe.Slice(r.cells, arraySize(r.mask)) {
		if !c.token.isClaim() {
			return false
		}
	}
	return true
}
