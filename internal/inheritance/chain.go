package inheritance

import (
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/labelset"
)

// resolve returns the context with the stores that a chain carries. It stores the context's
// base below the first node, for later calls.
func resolve(top *labelset.Set) async.Context {
	if b := asBase(top); b != nil {
		return b.context()
	}
	first := asNode(top)
	below := first.loadBelow()
	if b := asBase(carrier(below)); b != nil && contains(b.context(), first.cell()) {
		return b.context()
	}
	if carrier(below) == nil && first.token.IsVacant() {
		return async.Context{}
	}
	c := async.NewContext(walk(first))
	if b := baseOf(c); b != nil {
		atomic.StorePointer(&first.below, unsafe.Pointer(&b.Set))
	}
	return c
}

// contains reports whether a context has the store in a cell, or none if the cell is vacant.
func contains(c async.Context, cell async.Cell) bool {
	fresh, there := cell.WithoutStale(), c.CellOf(cell.Token())
	if there == nil || there.Token().IsVacant() {
		return fresh.Token().IsVacant()
	}
	return there.Equal(&fresh)
}

// walk returns the stores that a chain carries.
func walk(first *node) []async.Cell {
	var cells []async.Cell
	seen := func(t async.Token) bool {
		return slices.ContainsFunc(cells, func(c async.Cell) bool { return c.Token().SameIndex(t) })
	}
	nodes := 0
	for set := &first.Set; ; {
		n := asNode(set)
		if n == nil {
			if b := asBase(set); b != nil {
				inner := len(cells)
				for _, c := range b.context().Cells() {
					c = c.WithoutStale()
					if !c.Token().IsVacant() && !slices.ContainsFunc(cells[:inner], func(o async.Cell) bool { return o.Token().SameIndex(c.Token()) }) {
						cells = append(cells, c)
					}
				}
			}
			break
		}
		if !n.relabels() && !seen(n.token) {
			cell := n.cell()
			cells = append(cells, cell.WithoutStale()) // a vacant one, too: it hides stores below
		}
		nodes++
		set = n.loadBelow()
	}
	return slices.DeleteFunc(cells, func(c async.Cell) bool { return c.Token().IsVacant() })
}

// flatten returns a base that carries and shows the same as a set. The layer that
// published the set recognizes the base at its end; see Left.
func flatten(set *labelset.Set) *labelset.Set {
	top := carrier(set)
	b := copyOf(resolve(top))
	if b == nil {
		return labelset.Plain(userLabels(set))
	}
	b.flattens = uintptr(unsafe.Pointer(top))
	if mark(set) == markNode.Key() && set.Len > 0 {
		return &relabelled(&b.Set, set.List, set.Len).Set
	}
	return &b.Set
}

// copyOf returns a new base with the stores of a context, nil if there are none.
func copyOf(c async.Context) *base {
	var live []async.Cell
	for _, cell := range c.Cells() {
		if fresh := cell.WithoutStale(); !fresh.Token().IsVacant() {
			live = append(live, fresh)
		}
	}
	return baseOf(async.NewContext(live))
}

// relabelled returns a node that carries the stores of top and shows list.
func relabelled(top *labelset.Set, list *labelset.Label, shown int) *node {
	top = carrier(top)
	n := newNode(max(1, depthOf(top)), unsafe.Pointer(top), new(async.Cell))
	n.show(list, shown)
	return n
}
