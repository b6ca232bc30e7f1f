package async

import (
	"slices"
	"unsafe"
)

// With inheritance, plain go statements carry the execution context. The runtime
// copies one pointer from a goroutine to those that it starts, that to its profiler
// labels. So every goroutine keeps a carrier there: a label set that shows the
// labels which the user has set, and behind them the cells of the goroutine's
// record. A new goroutine finds no record when it first uses the engine, looks
// there, and adopts what it finds.
//
// The carrier must not change after a go statement, and its cells are shared. So
// with inheritance a record's cells are always shared where they hold a store:
// each change is made in a copy, and Changed then publishes the copy. The record
// stays the truth. Labels that the user sets replace the carrier; the next use of the
// engine puts it back, with the new labels (current).

// Labels is how a goroutine's own profiler labels are read and written. Package
// als/inherit has it from the runtime.
type Labels struct {
	Get func() unsafe.Pointer
	Set func(unsafe.Pointer)

	// Detached reports whether the calling goroutine, which is new to the engine,
	// is one that starts without stores.
	Detached func() bool

	// Offset is where the pointer to the labels lies in a g, 0 if it is not known.
	Offset uintptr
}

// Inherit turns inheritance on, for good. It is called while the program is
// initialised. A goroutine that an earlier init function has started meets the
// functions below at its next call: each was set by one store of a word.
func Inherit(l *Labels) {
	currentWithout = current
	change(func(w *watch) { w.labels, w.inherit = l, true })
	Lookup, current, Plain = lookupInheriting, currentInheriting, plainInheriting
	if leaf := inheritingLeaf(l.Offset); leaf != nil {
		Lookup = leaf
	}
	current() // publishes what the caller has put in place before
}

// A labelSet is what the labels of a g point to, and a label one of its elements: a
// slice of pairs of strings, since Go 1.24. They are written here with the words
// that strings and slices consist of.
type labelSet struct {
	list     unsafe.Pointer // to cap labels
	len, cap int
}

type label struct {
	key      unsafe.Pointer
	keyLen   int
	value    unsafe.Pointer
	valueLen int
}

// A carrier is a label set with something hidden beyond its len and within its cap.
// There, where nobody looks but us, the first word is a mark.
//
// Most carry the cells of another object, in a hidden label whose value is their
// bytes. A soleCarrier has its one cell with it.
type carrier struct {
	labelSet
	own label // the hidden label, if no others are shown
}

type soleCarrier struct {
	labelSet
	mark unsafe.Pointer
	cell Cell
}

// marks are what the first hidden word points to. Nobody else has their addresses.
var marks [3]byte

var (
	markOther = unsafe.Pointer(&marks[0]) // a label whose value is the cells
	markSole  = unsafe.Pointer(&marks[1]) // followed by the cell
	markNote  = unsafe.Pointer(&marks[2]) // a label whose value is a note; see trace.go
)

// fill makes the carrier show labels and carry c.
func (to *carrier) fill(labels []label, c Context) *labelSet {
	return to.hide(labels, label{
		key: markOther, keyLen: 1,
		value: unsafe.Pointer(c.cells), valueLen: int(arraySize(c.mask) * uint32(cellSize)),
	})
}

// hide makes the carrier show labels and hide one.
func (to *carrier) hide(labels []label, hidden label) *labelSet {
	to.len, to.cap = len(labels), len(labels)+1
	if len(labels) == 0 {
		to.own = hidden
		to.list = unsafe.Pointer(&to.own)
		return &to.labelSet
	}
	list := append(make([]label, 0, to.cap), labels...)
	list = append(list, hidden)
	to.list = unsafe.Pointer(unsafe.SliceData(list))
	return &to.labelSet
}

// newSole returns a carrier that shows no labels and carries its cell.
func newSole(t Token) *soleCarrier {
	sole := &soleCarrier{labelSet: labelSet{cap: 1}, mark: markSole, cell: Cell{token: t}}
	sole.list = unsafe.Pointer(&sole.mark)
	return sole
}

// soleOf returns the carrier that a cell is in. Sound because its callers have the
// cell from newSole.
func soleOf(c *Cell) *soleCarrier {
	return (*soleCarrier)(unsafe.Add(unsafe.Pointer(c), -int(unsafe.Offsetof(soleCarrier{}.cell))))
}

// all returns the labels within cap. Sound because set is what the runtime calls a
// label set; als/inherit checks at init that it looks like this.
func (set *labelSet) all() []label {
	if set == nil {
		return nil
	}
	return unsafe.Slice((*label)(set.list), set.cap)
}

// shown returns the labels that the user has set.
func (set *labelSet) shown() []label {
	if set == nil {
		return nil
	}
	return set.all()[:set.len:set.len]
}

// hidden returns the label beyond the last, nil if there is none. A set that is not
// ours may have anything there, but never one of our marks.
func (set *labelSet) hidden() *label {
	if set == nil || set.len == set.cap {
		return nil
	}
	return &set.all()[set.len]
}

// carried returns the context that a label set carries, if it does.
func (set *labelSet) carried() (Context, bool) {
	hidden := set.hidden()
	if hidden == nil {
		return Context{}, false
	}
	switch hidden.key {
	case markSole:
		return Context{(*Cell)(unsafe.Add(unsafe.Pointer(hidden), wordSize)), 0}, true
	case markOther:
		size := uint32(hidden.valueLen) / uint32(cellSize)
		return Context{(*Cell)(hidden.value), arrayMask(size)}, true
	}
	return Context{}, false
}

// carries reports whether a label set carries what a record holds. It may say no
// to a record without stores, for which publish then finds nothing to do.
func (set *labelSet) carries(r *Record) bool {
	hidden := set.hidden()
	switch {
	case hidden == nil:
		return !r.shared && r.mask == 0 && r.cells.token.isClaim()
	case !r.shared:
		return false
	case unsafe.Add(unsafe.Pointer(hidden), wordSize) == unsafe.Pointer(r.cells):
		return true // no other carrier has its cell there
	default:
		return hidden.key == markOther && hidden.value == unsafe.Pointer(r.cells)
	}
}

// without returns a set with the labels that set shows, nil if there are none. It
// keeps nothing that is hidden.
func (set *labelSet) without() *labelSet {
	labels := slices.Clone(set.shown())
	if len(labels) == 0 {
		return nil
	}
	return &labelSet{unsafe.Pointer(unsafe.SliceData(labels)), len(labels), len(labels)}
}

func (l *Labels) get() *labelSet    { return (*labelSet)(l.Get()) }
func (l *Labels) set(set *labelSet) { l.Set(unsafe.Pointer(set)) }

// publish makes the caller's labels, which are set, carry what its record holds.
func (l *Labels) publish(r *Record, set *labelSet) {
	want := r.capture()
	if have, _ := set.carried(); have.cells == want.cells {
		return
	}
	if want.cells == nil {
		l.set(set.without())
	} else {
		l.set(new(carrier).fill(set.shown(), want))
	}
}

// currentWithout is current as it is without inheritance.
var currentWithout func() *Record

// currentInheriting is current with inheritance.
func currentInheriting() *Record {
	r, _ := watched.Load().current()
	return r
}

// current returns the caller's record and labels. A goroutine without a record
// adopts what its labels carry; one with a record publishes it where the labels have
// been replaced.
func (w *watch) current() (*Record, *labelSet) {
	l := w.labels
	r, set := currentWithout(), l.get()
	if r != nil && set.carries(r) {
		return r, set
	}
	c, carried := set.carried()
	switch {
	case r != nil:
		l.publish(r, set)
	case !carried:
		return nil, set
	case l.Detached():
		if w.trace != nil {
			l.set(w.trace.detached(set, c))
		} else {
			l.set(set.without())
		}
	default:
		r = newRecord()
		r.begin(c)
	}
	return r, l.get()
}

// lookupInheriting is lookupSlow with inheritance.
func lookupInheriting(k *Key) unsafe.Pointer { return lookupBy(currentInheriting, k) }

// plainInheriting says that every layer has to be published.
func plainInheriting(Token) (*Record, *Cell) { return nil, nil }

// Sync does what every use of the engine does with inheritance: the caller adopts
// what it was started with, and its labels carry what its record holds.
func Sync() {
	if w := watched.Load(); w != nil && w.inherit {
		current()
	}
}
