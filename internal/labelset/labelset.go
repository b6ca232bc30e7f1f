// Package labelset reads and makes sets of profiler labels as Go has them since 1.24: a
// pointer to a slice of pairs of strings. The runtime copies the pointer, and nothing
// else, to each goroutine that a go statement starts.
//
// A [Set] can hide one label beyond its length and within its capacity, where profiles
// and tracebacks do not look. The key of that label is the address of a [Mark]. To the
// runtime it is a valid set of labels: the collector traces it, and profiles show the
// other labels unchanged.
//
// A set that has been published is never written to again, because the runtime reads
// it without atomics.
package labelset

import (
	"slices"
	"unsafe"
)

// A Set is the slice of labels that a g points to, with the words of a slice spelled out.
type Set struct {
	List     *Label // to Cap labels
	Len, Cap int
}

// A Label is an element of a set: two strings, with their words spelled out.
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

// New returns the label with this key and value.
func New(key, value string) Label {
	return Label{
		unsafe.Pointer(unsafe.StringData(key)), len(key),
		unsafe.Pointer(unsafe.StringData(value)), len(value),
	}
}

// Name returns the key as a string.
func (l *Label) Name() string { return unsafe.String((*byte)(l.Key), l.KeyLen) }

// Shown returns the labels that profiles show. Sound because set has the layout that the
// runtime gives to labels, which als/inherit and package loss check before they use it.
func (set *Set) Shown() []Label {
	if set == nil || set.Len == 0 {
		return nil
	}
	return unsafe.Slice(set.List, set.Len)
}

// Hidden returns the label beyond the last, nil if the capacity ends there. A set that
// the user made may have anything there, but never the address of a mark.
func (set *Set) Hidden() *Label {
	if set == nil || set.Len == set.Cap {
		return nil
	}
	return (*Label)(unsafe.Add(unsafe.Pointer(set.List), uintptr(set.Len)*unsafe.Sizeof(Label{})))
}

// List returns an array of the labels to show followed by the one to hide.
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

// Access has the functions by which a goroutine reads and writes its pointer to labels.
type Access struct {
	Read  func() unsafe.Pointer
	Write func(unsafe.Pointer)
}

// Get returns the calling goroutine's labels.
func (a *Access) Get() *Set { return (*Set)(a.Read()) }

// Set replaces the calling goroutine's labels.
func (a *Access) Set(set *Set) { a.Write(unsafe.Pointer(set)) }
