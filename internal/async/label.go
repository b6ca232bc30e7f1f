package async

import (
	"sync/atomic"
	"unsafe"
)

// Labelled reports whether the profiler labels show the stores of the key.
func (t Token) Labelled() bool { return t&labelled != 0 }

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
