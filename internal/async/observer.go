package async

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// An Observer is a feature above the engine that follows the changes of goroutines'
// stores: inheritance by plain go statements, or the search for losses. The engine
// depends on nothing else of them. Each method is called on the goroutine whose record
// or key it gets.
type Observer interface {
	// Current is called when the goroutine uses the engine, with its record, nil if it
	// has none. It returns the record to use.
	Current(r *Record) *Record

	// Entered is called when a layer or a scope of one key has begun, with the key's
	// cell. Left is called, with the result of Entered, when the layer or scope has ended
	// and the cell has been restored.
	Entered(r *Record, t Token, c *Cell) Published
	Left(r *Record, t Token, p Published)

	// Switched is called when the goroutine has entered a captured context. SwitchedBack
	// is called when the goroutine has left it, with the labels that were published
	// before Switched. If IsPublished is false for them, they are unknown or outdated.
	Switched(r *Record)
	SwitchedBack(r *Record, was unsafe.Pointer)

	// Changed is called after every other change. isNew reports that the record was just
	// created for a context (Go, AfterFunc), so nothing can have been lost yet.
	Changed(r *Record, isNew bool)

	// Frozen is called when a context with room has been made, before any other
	// goroutine can reach it: the observer may write to the room now. See Context.Room.
	Frozen(c Context)

	// Missed is called when a look-up finds no store.
	Missed(k *Key)
}

// Published has the labels of a goroutine before a layer or scope began (Was) and those
// that were published for it (Now).
type Published struct{ Was, Now unsafe.Pointer }

// A Role is what an observer does. There is one observer for each.
type Role int

const (
	Inherits Role = iota // gives plain go statements the stores
	Searches             // looks for losses
	roles
)

// observing has the current observer, nil if there is none. Then the check for nil is all
// that observers cost, and it is not on the fast paths.
var observing atomic.Pointer[observation]

type observation struct{ Observer }

// Observing reports whether there is an observer.
func Observing() bool { return observing.Load() != nil }

var observers struct {
	mu     sync.Mutex
	inRole [roles]Observer
	labels uintptr // where a g has its labels, 0 if the leaves cannot look
}

// Observe makes o, which may be nil, the observer in a role. Running goroutines use it
// from their next call on: each leaf reads one word, which is stored atomically, and a
// leaf that still reads the old word is ordered before.
func Observe(role Role, o Observer) {
	observers.mu.Lock()
	defer observers.mu.Unlock()
	observers.inRole[role] = o
	inherits, searches := observers.inRole[Inherits], observers.inRole[Searches]
	switch {
	case inherits != nil && searches != nil:
		observing.Store(&observation{both{inherits, searches}})
		setLeaves(leavesOff)
	case searches != nil:
		observing.Store(&observation{searches})
		setLeaves(leavesOff)
	case inherits != nil:
		observing.Store(&observation{inherits})
		setLeaves(leavesCompare)
	default:
		observing.Store(nil)
		setLeaves(leavesOn)
	}
}

// CompareLabels gives the leaves the offset of the labels in a g. The leaves then work
// under inheritance, too, while the labels are those that the record has published. Call
// it before Observe.
func CompareLabels(offset uintptr) {
	observers.mu.Lock()
	defer observers.mu.Unlock()
	observers.labels = offset
}

// leafMode says what the leaves do: find the record, also compare the labels, or leave
// everything to their twins.
type leafMode int

const (
	leavesOn leafMode = iota
	leavesCompare
	leavesOff
)

// unobserved marks a record for which no observer has been called, observed one for which
// an observer has been called and has published nothing. No labels ever point to their
// variables.
var unobservedMark, observedMark [1]uintptr

func unobserved() unsafe.Pointer { return unsafe.Pointer(&unobservedMark) }
func observed() unsafe.Pointer   { return unsafe.Pointer(&observedMark) }

// Published returns the labels that an observer last published for the record, and
// whether there are any.
func (r *Record) Published() (unsafe.Pointer, bool) {
	return r.published, IsPublished(r.published)
}

// IsPublished reports whether labels were published by an observer, and are not the mark
// of a record for which none has published.
func IsPublished(labels unsafe.Pointer) bool { return labels != unobserved() && labels != observed() }

// Publishes reports whether the labels are those that the record has published.
func (r *Record) Publishes(labels unsafe.Pointer) bool { return r.published == labels }

// Publish notes what an observer has published for the record.
func (r *Record) Publish(labels unsafe.Pointer) { r.published = labels }

// MarkObserved marks the record as observed, so that a Run in progress calls Left when
// it ends. It reports whether the record was unobserved before.
func (r *Record) MarkObserved() bool {
	if r.published != unobserved() {
		return false
	}
	r.published = observed()
	return true
}

// Changed reports to the observers that the caller has changed the stores of its record.
func (r *Record) Changed() {
	if o := observing.Load(); o != nil {
		o.Changed(r, false)
	}
}

// EnteredLayer and LeftLayer report to the observers a layer, a scope, or a Run that keeps
// the words of its layer in its own frame.
func (r *Record) EnteredLayer(t Token, c *Cell) (p Published) {
	if o := observing.Load(); o != nil {
		p = o.Entered(r, t, c)
	}
	return p
}

func (r *Record) LeftLayer(t Token, p Published) {
	if o := observing.Load(); o != nil {
		o.Left(r, t, p)
	}
}

// missed reports a look-up that found no store to the observers.
func missed(k *Key) {
	if o := observing.Load(); o != nil {
		o.Missed(k)
	}
}

// both are two observers: one that inherits and one that searches.
type both struct{ inherits, searches Observer }

func (b both) Current(r *Record) *Record { return b.searches.Current(b.inherits.Current(r)) }

func (b both) Entered(r *Record, t Token, c *Cell) Published {
	p := b.inherits.Entered(r, t, c)
	b.searches.Entered(r, t, c)
	return p
}

func (b both) Left(r *Record, t Token, p Published) {
	b.inherits.Left(r, t, p)
	b.searches.Left(r, t, p)
}

func (b both) Switched(r *Record) {
	b.inherits.Switched(r)
	b.searches.Switched(r)
}

func (b both) SwitchedBack(r *Record, was unsafe.Pointer) {
	b.inherits.SwitchedBack(r, was)
	b.searches.SwitchedBack(r, was)
}

func (b both) Changed(r *Record, isNew bool) {
	b.inherits.Changed(r, isNew)
	b.searches.Changed(r, isNew)
}

func (b both) Frozen(c Context) {
	b.inherits.Frozen(c)
	b.searches.Frozen(c)
}

func (b both) Missed(k *Key) {
	b.inherits.Missed(k)
	b.searches.Missed(k)
}
