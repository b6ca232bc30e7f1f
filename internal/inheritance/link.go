package inheritance

import (
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/labelset"
)

// maxDepth is how many nodes lie on each other at most. It bounds a walk, and the hidden
// stores that a goroutine keeps alive if it never uses the engine.
const maxDepth = 64

// A node is a link with one cell: its token here, its words in one of the kinds of nodes.
// A node with token 0 has no cell: it only shows other labels than the link below.
//
// The capacity of the set less its length has the number of nodes that lie on each other,
// and from kindShift on the kind. A Run allocates one node, so a kind leaves out words that
// are 0: with 48 bytes instead of 64 a Run takes a sixth less time.
type node struct {
	labelset.Set
	below unsafe.Pointer // *labelset.Set, atomic; no link where the chain ends
	token async.Token
}

// The kinds of nodes.
type (
	wholeNode struct { // any cell
		node
		scalar uintptr
		ptr    unsafe.Pointer
		length uintptr
	}
	pointerNode struct {
		node
		ptr unsafe.Pointer
	}
	numberNode struct {
		node
		scalar uintptr
	}
	offerNode struct { // a revocable store that lies in its cell
		node
		async.Offer
	}
)

const (
	wholeKind = iota << kindShift
	pointerKind
	numberKind
	offerKind

	kindShift = 8
	depthMask = 1<<kindShift - 1
)

// newNode returns a node for the store in a cell, which shows no labels. The list is no
// parameter, because writing the address of a global needs no write barrier.
func newNode(depth int, below unsafe.Pointer, c *async.Cell) *node {
	scalar, ptr, length := c.Words()
	t := c.Token()
	switch {
	case length != 0 && c.IsInPlace():
		return &(&offerNode{node{labelset.Set{List: &unlabelledNode, Cap: depth + offerKind}, below, t}, c.Offer()}).node
	case length != 0 || scalar != 0 && ptr != nil:
		return &(&wholeNode{node{labelset.Set{List: &unlabelledNode, Cap: depth}, below, t}, scalar, ptr, length}).node
	case scalar != 0:
		return &(&numberNode{node{labelset.Set{List: &unlabelledNode, Cap: depth + numberKind}, below, t}, scalar}).node
	}
	return &(&pointerNode{node{labelset.Set{List: &unlabelledNode, Cap: depth + pointerKind}, below, t}, ptr}).node
}

// show makes a node that is not published yet show labels. The list has that many labels,
// followed by a mark.
func (n *node) show(list *labelset.Label, shown int) {
	n.List, n.Len, n.Cap = list, shown, n.Cap+shown
}

// kind returns which of the kinds of nodes this is.
func (n *node) kind() int { return (n.Cap - n.Len) &^ depthMask }

// cell returns the node's cell. Sound because the kind says of which type n is a part.
func (n *node) cell() async.Cell {
	switch n.kind() {
	case offerKind:
		return (*offerNode)(unsafe.Pointer(n)).Take(n.token)
	case pointerKind:
		return async.MakeCell(n.token, 0, (*pointerNode)(unsafe.Pointer(n)).ptr, 0)
	case numberKind:
		return async.MakeCell(n.token, (*numberNode)(unsafe.Pointer(n)).scalar, nil, 0)
	}
	whole := (*wholeNode)(unsafe.Pointer(n))
	return async.MakeCell(n.token, whole.scalar, whole.ptr, whole.length)
}

func (n *node) loadBelow() *labelset.Set { return (*labelset.Set)(atomic.LoadPointer(&n.below)) }

// relabels reports whether the node only shows other labels.
func (n *node) relabels() bool { return n.token == 0 }

// A base is a link in the room in front of a context's cells. It shows no labels of the
// user's.
type base struct {
	labelset.Set
	mask     uintptr
	_        [unsafe.Sizeof(uintptr(0)) / 8]uintptr // a word for a pointer, on 64 bits
	flattens uintptr                                // address of the node that the owner has replaced by this base
}

func (b *base) context() async.Context {
	return async.ContextOf(unsafe.Pointer(b), uint32(b.mask))
}

// baseOf returns the base in the room of a context, nil if the context holds no store.
// Sound because a base fits into the room and has its only pointer where a cell of the
// room has one.
func baseOf(c async.Context) *base { return (*base)(c.Room()) }

// The marks are the keys of a hidden label, which follows those that a link shows. If the
// link shows labels that are not the user's, the value of the hidden one has the user's.
var markNode, markBase labelset.Mark

// Arrays of links that show no labels.
var (
	unlabelledNode = labelset.Label{Key: markNode.Key(), KeyLen: 1}
	unlabelledBase = labelset.Label{Key: markBase.Key(), KeyLen: 1}
)

// mark returns the mark that follows a set's labels, nil if there is none.
func mark(set *labelset.Set) unsafe.Pointer {
	hidden := set.Hidden()
	if hidden == nil || hidden.Key != markNode.Key() && hidden.Key != markBase.Key() {
		return nil
	}
	return hidden.Key
}

// asNode returns the set as the node that it starts, nil if it is none. Sound because only
// this package has the mark, and puts it behind the labels of nodes only.
func asNode(set *labelset.Set) *node {
	if mark(set) != markNode.Key() {
		return nil
	}
	return (*node)(unsafe.Pointer(set))
}

// asBase returns the set as the base that it starts, nil if it is none. Sound as asNode is.
func asBase(set *labelset.Set) *base {
	if mark(set) != markBase.Key() {
		return nil
	}
	return (*base)(unsafe.Pointer(set))
}

// carrier returns the link that carries stores, without those above that only show
// labels. It is nil if there is none.
func carrier(set *labelset.Set) *labelset.Set {
	for {
		switch n := asNode(set); {
		case n == nil && asBase(set) == nil:
			return nil
		case n == nil || !n.relabels():
			return set
		default:
			set = n.loadBelow()
		}
	}
}

// userLabels returns those labels of a set that the user has set.
func userLabels(set *labelset.Set) []labelset.Label {
	hidden := set.Hidden()
	if mark(set) == nil || hidden.Value == nil {
		return set.Shown()
	}
	n := hidden.ValueLen / int(unsafe.Sizeof(labelset.Label{}))
	return unsafe.Slice((*labelset.Label)(hidden.Value), n)
}

func lenOf(set *labelset.Set) int {
	if set == nil {
		return 0
	}
	return set.Len
}

// depthOf returns how many nodes lie on each other in a chain. A base counts as one.
func depthOf(set *labelset.Set) int {
	if mark(set) == nil {
		return 0
	}
	return (set.Cap - set.Len) & depthMask
}
