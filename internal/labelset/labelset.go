// Package labelset knows what a goroutine's profiler labels look like since Go 1.24:
// a pointer to a slice of pairs of strings. The runtime copies the pointer, and
// nothing else, to each goroutine that a go statement starts.
//
// A [Set] can have something behind its length and within its capacity, where
// profiles and tracebacks do not look: a label whose key is the address of a [Mark].
// So what goes to new goroutines is a valid set of labels, which the collector
// traces and every profile shows unchanged.
//
// A set that has been published is never written to again, because the runtime reads
// it without atomics.
package labelset

import (
	"slices"
	"unsafe"
)

// A Set is what the labels of a g point to. It is written with the words of a slice.
type Set struct {
	List     *Label // to Cap labels
	Len, Cap int
}

// A Label is an element of a set: two strings, written with their words.
type Label struct {
	Key      unsafe.Pointer
	KeyLen   int
	Value    unsafe.Pointer
	ValueLen int
}

// A Mark is an address that no key of a user's label has.
type Mark struct{ _ byte }

// Key returns the pointer for a label's key.
func (m *Mark) Key() unsafe.Pointer { return unsafe.Pointer(m) }

// New returns the label with two strings.
func New(key, value string) Label {
	return Label{
		unsafe.Pointer(unsafe.StringData(key)), len(key),
		unsafe.Pointer(unsafe.StringData(value)), len(value),
	}
}

// Name returns the key as a string.
func (l *Label) Name() string { return unsafe.String((*byte)(l.Key), l.KeyLen) }

// Shown returns the labels of a set that profiles show. Sound because set is what the
// runtime calls a set of labels; als/inherit and package loss check at init that it
// looks like this.
func (set *Set) Shown() []Label {
	if set == nil || set.Len == 0 {
		return nil
	}
	return unsafe.Slice(set.List, set.Len)
}

// Hidden returns the label behind the last, nil if the capacity ends there. A set of
// the user's may have anything there, but never the address of a mark.
func (set *Set) Hidden() *Label {
	if set == nil || set.Len == set.Cap {
		return nil
	}
	return (*Label)(unsafe.Add(unsafe.Pointer(set.List), uintptr(set.Len)*unsafe.Sizeof(Label{})))
}

// List returns an array that starts with the given labels and ends with one to hide.
func List(shown []Label, hidden Label) *Label {
	list := append(make([]Label, 0, len(shown)+1), shown...)
	return unsafe.SliceData(append(list, hidden))
}

// Plain returns a set that shows the labels and hides nothing, nil if there are none.
func Plain(shown []Label) *Set {
	if len(shown) == 0 {
		return nil
	}
	return &Set{unsafe.SliceData(slices.Clone(shown)), len(shown), len(shown)}
}

// Access is how a goroutine reads and writes its own pointer to its labels.
type Access struct {
	Read  func() unsafe.Pointer
	Write func(unsafe.Pointer)
}

// Get returns the calling goroutine's labels.
func (a *Access) Get() *Set { return (*Set)(a.Read()) }

// Set replaces the calling goroutine's labels.
func (a *Access) Set(set *Set) { a.Write(unsafe.Pointer(set)) }
