package async

import (
	"slices"
	"unsafe"
)

// A Descent is a layer as it is with inheritance: it does not write to the cells
// that goroutines may have inherited but copies them, and at its end goes back to
// those that it came from. It is used like this, and is four words, which are
// passed in registers:
//
//	d, c := async.Descend(t)
//	put(c, store)
//	d.Publish(c)
//	defer d.Ascend(t, c)
//
// A [Layer], which copies them at its end, too, stands in where Descend returns no
// cell. With it a Run took 2.5 of a context.WithValue, with this it takes 1.9.
type Descent struct {
	rec   *Record
	cells *Cell // outside of the layer
	form  form
	set   *labelSet
}

// Descend begins a layer for the key with this token. It returns no cell, and has
// done nothing, without inheritance, where scopes have to be told, and where the key
// has no place in an array as large as the record's.
func Descend(t Token) (Descent, *Cell) {
	w := watched.Load()
	if w == nil || !w.inherit {
		return Descent{}, nil
	}
	r, set := w.current()
	if r == nil {
		r = newRecord()
	}
	if r.scoped {
		return Descent{}, nil
	}
	d := Descent{r, r.cells, r.form, set}
	if r.mask == 0 {
		if was := r.cells.token; !was.isClaim() && !was.sameIndex(t) {
			return Descent{}, nil
		}
		// What the one cell held is the key's own, and gives way to its new store.
		r.cells = &newSole(t).cell
		r.RaceEnter()
		return d, r.cells
	}
	if vacancy(r.cells, r.mask, t) == nil {
		return Descent{}, nil
	}
	cells := slices.Clone(unsafe.Slice(r.cells, arraySize(r.mask)))
	for i := range cells {
		cells[i].dropStale()
	}
	r.cells = unsafe.SliceData(cells)
	c := vacancy(r.cells, r.mask, t)
	c.Swap(t)
	r.RaceEnter()
	return d, c
}

// Publish ends the beginning of the layer, when the store is in the cell.
func (d Descent) Publish(c *Cell) {
	w, r := watched.Load(), d.rec
	r.shared = true
	if w.trace != nil {
		w.trace.write(w, r, false)
	}
	if r.mask == 0 && d.set.lenShown() == 0 {
		w.labels.set(&soleOf(c).labelSet)
		return
	}
	w.labels.publish(r, d.set)
}

// Ascend ends the layer: the key is as before Descend, and scopes of it that were
// opened inside end.
func (d Descent) Ascend(t Token, c *Cell) {
	l, r := watched.Load().labels, d.rec
	if !r.unchanged(c) {
		d.restore(t)
		r.Changed()
		r.RaceLeave()
		return
	}
	set := l.get()
	mine := set.carries(r)
	r.cells, r.mask, r.shared = d.cells, d.form.mask, d.form.shared
	if mine && (set.lenShown() == 0 && d.set.lenShown() == 0 || slices.Equal(set.shown(), d.set.shown())) {
		l.set(d.set)
	} else {
		l.publish(r, set) // the user has set other labels
	}
	r.RaceLeave()
}

// unchanged reports whether the record is as Publish left it: its cells, which
// nobody writes to, are still those of which c is one.
func (r *Record) unchanged(c *Cell) bool {
	first, size := uintptr(unsafe.Pointer(r.cells)), uintptr(arraySize(r.mask))*cellSize
	return !r.scoped && r.shared && uintptr(unsafe.Pointer(c))-first < size
}

// restore puts back what the key's cell held.
func (d Descent) restore(t Token) {
	r := d.rec
	if r.scoped {
		r.endAbove(t)
	}
	var saved Cell
	saved.empty(t)
	if d.form.shared { // else there was no store
		if c := vacancy(d.cells, d.form.mask, t); c != nil && c.token == t {
			saved = *c
		}
	}
	*r.claim(t) = saved
}

// lenShown is how many labels the user has set.
func (set *labelSet) lenShown() int {
	if set == nil {
		return 0
	}
	return set.len
}
