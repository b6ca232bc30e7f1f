// Package inheritance makes plain go statements carry the execution context. It is a
// feature above the engine, package async, which reports every change to it through
// [async.Observer].
//
// The runtime copies one pointer from a goroutine to those that it starts: the pointer to
// its profiler labels. In each goroutine with stores it points to a link of a chain. A link
// begins with a set of labels, which shows those that the user has set. Only this package
// reads the words that follow:
//
//	node  = set, the link below, one cell        48 or 64 bytes, published by a Run
//	base  = set in front of the cells of a context
//
// A record's cells stay writable. A Run writes one cell and publishes one node above the
// link that was published before; its end publishes that link again. New goroutines
// inherit the chain. One that uses the engine for the first time walks the chain once and
// takes the innermost cell of each key. It stores the result in the first node, for other
// goroutines that inherit it.
//
// # Who writes what
//
// The goroutine that publishes a link writes it before, except a node's below. That is
// replaced by goroutines that have inherited the node, with a base that holds the same
// stores as the chain from the node on: a walk gets the same from either. Its store and
// loads are atomic. The three words of the set are never written again, because the
// runtime reads them without atomics.
//
// A goroutine that has inherited a chain and never used the engine thus keeps stores that
// inner Runs hid, at most maxDepth of them. A Run directly inside another of the same key
// hides none: its node replaces the other's.
//
// Record.Published returns the link that the goroutine has published last. Labels that
// the user sets replace it; the next use of the engine publishes again, with the new
// labels (Current).
package inheritance

import (
	"slices"
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
// are 0: with 48 bytes instead of 64 a Run takes a sixth less.
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
	case length != 0 && c.Lies():
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

// cell returns the node's cell.
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

// A base is a link in the room in front of a context's cells. It shows no labels of the
// user's.
type base struct {
	labelset.Set
	mask     uintptr
	_        [unsafe.Sizeof(uintptr(0)) / 8]uintptr // a word for a pointer, on 64 bits
	flattens uintptr                                // address of the node that the owner has replaced by this base
}

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

// asNode returns the set as the node that it starts, nil if it is none.
func asNode(set *labelset.Set) *node {
	if mark(set) != markNode.Key() {
		return nil
	}
	return (*node)(unsafe.Pointer(set))
}

// asBase returns the set as the base that it starts, nil if it is none.
func asBase(set *labelset.Set) *base {
	if mark(set) != markBase.Key() {
		return nil
	}
	return (*base)(unsafe.Pointer(set))
}

func (n *node) loadBelow() *labelset.Set { return (*labelset.Set)(atomic.LoadPointer(&n.below)) }

// relabels reports whether the node only shows other labels.
func (n *node) relabels() bool { return n.token == 0 }

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

func (b *base) context() async.Context {
	return async.ContextOf(unsafe.Pointer(b), uint32(b.mask))
}

// An observer publishes the stores of goroutines in their labels.
type observer struct {
	labelset.Access
	detached func() bool
}

// Options are the access of inheritance to goroutines.
type Options struct {
	Access labelset.Access

	// Detached reports whether the calling goroutine, which uses the engine for the first
	// time, starts without stores.
	Detached func() bool

	// Offset is that of the pointer to the labels in a g, 0 if it is not known.
	Offset uintptr
}

// Begin turns inheritance on for the rest of the program. Goroutines that already run
// take part from their next use of the engine on.
func Begin(o Options) {
	all := &observer{o.Access, o.Detached}
	async.UseLabels(&all.Access, o.Offset)
	async.LabelsWanted.Store(true)
	active.Store(all)
	async.Observe(async.Inherits, all)
	async.Current() // publishes the stores that the caller has already
}

// Sync does what every use of the engine does under inheritance: it gives a new goroutine
// the stores that it was started with, and publishes those of its record.
func Sync() { async.Current() }

// onDetach is set by OnDetach.
var onDetach atomic.Pointer[func(user []labelset.Label, c async.Context) *labelset.Set]

// OnDetach sets the function that makes the labels of a goroutine that starts without the
// stores of c, for a search for losses. nil removes it.
func OnDetach(f func(user []labelset.Label, c async.Context) *labelset.Set) {
	if f == nil {
		onDetach.Store(nil)
	} else {
		onDetach.Store(&f)
	}
}

// Current implements [async.Observer]. A goroutine without a record takes over the stores
// that its labels carry; one whose labels were replaced publishes its record again.
func (o *observer) Current(r *async.Record) *async.Record {
	set := o.Get()
	if r != nil {
		o.sync(r, set)
		return r
	}
	top := carrier(set)
	if top == nil {
		if mark(set) != nil { // it shows labels of stores that only the creator has
			o.Set(labelset.Plain(userLabels(set)))
		}
		return nil
	}
	c := resolve(top)
	if detached := o.detached(); detached || c.Empty() {
		without := labelset.Plain(userLabels(set))
		if f := onDetach.Load(); f != nil && detached {
			without = (*f)(userLabels(set), c)
		}
		o.Set(without)
		return nil
	}
	r = async.Adopt(c)
	if async.LabelledInUse() {
		o.show(r, top, set)
	} else {
		r.Publish(unsafe.Pointer(set))
	}
	return r
}

// sync publishes a record if that has not been done, or its labels were replaced since.
func (o *observer) sync(r *async.Record, set *labelset.Set) {
	if r.Publishes(unsafe.Pointer(set)) {
		return
	}
	if was, ok := r.Published(); ok {
		o.show(r, carrier((*labelset.Set)(was)), set)
	} else {
		o.rebase(r, set)
	}
}

// Entered implements [async.Observer]: it publishes a node with the cell. The common case
// comes first: no labels, and a chain that is not too long.
func (o *observer) Entered(r *async.Record, t async.Token, c *async.Cell) async.Published {
	published, _ := r.Published() // equal to the labels, or a mark: the caller has just looked up c
	set := (*labelset.Set)(published)
	if t.Explicit() || t.Labelled() {
		return o.enteredSlow(r, t, c)
	}
	below, depth := published, 1
	switch {
	case set == nil:
	case set.List == &unlabelledNode && set.Cap&depthMask < maxDepth:
		depth = set.Cap&depthMask + 1
		if top := (*node)(published); top.token.SameIndex(t) {
			below, depth = atomic.LoadPointer(&top.below), depth-1
		}
	case set.List == &unlabelledBase:
		depth = 2
	default:
		return o.enteredSlow(r, t, c)
	}
	n := newNode(depth, below, c)
	o.publish(r, &n.Set)
	return async.Published{Was: published, Now: unsafe.Pointer(n)}
}

// enteredSlow is Entered in the other cases, among them the first Run of a goroutine,
// which does not need enteredOnto. With that inlined, the frame did not fit the first stack
// of a goroutine, and the copy took 2 µs.
func (o *observer) enteredSlow(r *async.Record, t async.Token, c *async.Cell) async.Published {
	if t.Explicit() {
		o.showExplicit(r, t)
		return async.Published{}
	}
	published, ok := r.Published()
	set := (*labelset.Set)(published)
	if !ok {
		// The record is new, or has never had a store that go statements carry.
		set = o.Get()
		if r.HoldsBeside(c) {
			o.rebase(r, set)
			return async.Published{}
		}
		set = outside(set)
	}
	if set != nil || t.Labelled() {
		return o.enteredOnto(r, t, c, set)
	}
	n := newNode(1, nil, c)
	o.publish(r, &n.Set)
	return async.Published{Now: unsafe.Pointer(n)}
}

// enteredOnto publishes a node with the cell above a set of any kind.
//
//go:noinline
func (o *observer) enteredOnto(r *async.Record, t async.Token, c *async.Cell, set *labelset.Set) async.Published {
	depth := depthOf(set)
	if depth >= maxDepth {
		set = flatten(set)
		depth = depthOf(set)
	}
	below := unsafe.Pointer(set)
	top := asNode(set)
	if top != nil && top.token.SameIndex(t) {
		// Replace the node of the same key, whose store this one would hide.
		below = unsafe.Pointer(top.loadBelow())
		depth--
	}
	list, shown := &unlabelledNode, lenOf(set)
	switch {
	case t.Labelled():
		all, own := withStoreLabels(r, userLabels(set))
		list, shown = listOf(all, userLabels(set), own), len(all)
	case top != nil:
		list = set.List
	case shown > 0:
		list = listOf(set.Shown(), userLabels(set), mark(set) != nil)
	}
	n := newNode(depth+1, below, c)
	n.show(list, shown)
	o.publish(r, &n.Set)
	return async.Published{Was: unsafe.Pointer(set), Now: unsafe.Pointer(n)}
}

// showExplicit updates the labels after a change of a store that no go statement carries.
// Goroutines that are started meanwhile show its label, too, until they use the engine.
func (o *observer) showExplicit(r *async.Record, t async.Token) {
	if t.Labelled() {
		o.rebase(r, o.Get())
	}
}

// outside returns the set below the first node of a record whose goroutine has the given
// labels: those of the user, without the stores of another record.
func outside(set *labelset.Set) *labelset.Set {
	if mark(set) == nil {
		return set
	}
	return labelset.Plain(userLabels(set))
}

// depthOf returns how many nodes lie on each other in a chain. A base counts as one.
func depthOf(set *labelset.Set) int {
	if mark(set) == nil {
		return 0
	}
	return (set.Cap - set.Len) & depthMask
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

// baseOf returns the base in the room of a context, nil if the context holds no store.
func baseOf(c async.Context) *base { return (*base)(c.Room()) }

// Left implements [async.Observer]: it publishes the earlier link again, unless a store has
// changed that outlives the layer. The engine publishes that link by itself, without this
// call, if Entered has published a node, the labels are still that node, the store is in no
// offer, and there is no other observer.
func (o *observer) Left(r *async.Record, t async.Token, p async.Published) {
	if t.Explicit() {
		o.showExplicit(r, t)
		return
	}
	set := o.Get()
	if p.Now == nil {
		o.rebase(r, set)
		return
	}
	if t.InPlace() && (*node)(p.Now).kind() == offerKind {
		(*offerNode)(p.Now).Withdraw()
	}
	if unsafe.Pointer(set) == p.Now && r.Publishes(p.Now) {
		o.publish(r, (*labelset.Set)(p.Was))
		return
	}
	published, _ := r.Published()
	top := carrier((*labelset.Set)(published))
	if b := asBase(top); unsafe.Pointer(top) == p.Now || b != nil && b.flattens == uintptr(p.Now) {
		o.show(r, carrier((*labelset.Set)(p.Was)), set)
	} else {
		o.rebase(r, set)
	}
}

// Switched implements [async.Observer]. The room of a captured context has a base, so
// this allocates nothing if the user has set no labels.
func (o *observer) Switched(r *async.Record) {
	if published, ok := r.Published(); ok { // equal to the labels, as in Entered
		o.rebase(r, (*labelset.Set)(published))
	} else {
		o.rebase(r, o.Get())
	}
}

// SwitchedBack implements [async.Observer]. Where neither the labels from before nor those to
// publish show anything, the engine publishes by itself and calls neither this nor Switched.
func (o *observer) SwitchedBack(r *async.Record, was unsafe.Pointer) {
	set := o.Get()
	if async.IsPublished(was) {
		o.show(r, (*labelset.Set)(was), set)
	} else {
		o.rebase(r, set)
	}
}

// Changed implements [async.Observer].
func (o *observer) Changed(r *async.Record, isNew bool) { o.rebase(r, o.Get()) }

// Missed implements [async.Observer].
func (o *observer) Missed(*async.Key) {}

// Frozen implements [async.Observer]: it makes a base in the room of a context.
func (o *observer) Frozen(c async.Context) {
	b := baseOf(c)
	*b = base{Set: labelset.Set{List: &unlabelledBase, Cap: 1}, mask: uintptr(c.Mask())}
	if own := storeLabels(c.Cells(), nil); len(own) > 0 {
		hidden := withUser(unlabelledBase, nil)
		b.List, b.Len, b.Cap = labelset.List(own, hidden), len(own), len(own)+1
	}
}

func lenOf(set *labelset.Set) int {
	if set == nil {
		return 0
	}
	return set.Len
}

// publish sets the caller's labels, and notes them in its record.
func (o *observer) publish(r *async.Record, set *labelset.Set) {
	o.Set(set)
	r.Publish(unsafe.Pointer(set))
}

// rebase publishes all stores of the record as one base. set are the caller's labels.
func (o *observer) rebase(r *async.Record, set *labelset.Set) {
	var top *labelset.Set
	if c := r.Stores(); !c.Empty() {
		top = &baseOf(c).Set
	}
	if lenOf(set) == 0 && !async.LabelledInUse() { // there is nothing to show
		o.publish(r, top)
	} else {
		o.show(r, top, set)
	}
}

// show publishes a link that carries the stores of top and shows the user's labels in set.
// It publishes top itself if that shows the right labels.
func (o *observer) show(r *async.Record, top, set *labelset.Set) {
	shown := userLabels(set)
	all, own := withStoreLabels(r, shown)
	shows := func(s *labelset.Set) bool {
		return slices.Equal(s.Shown(), all) && slices.Equal(userLabels(s), shown)
	}
	switch {
	case shows(top):
		o.publish(r, top)
	case carrier(top) == nil && !own && mark(set) == nil:
		o.publish(r, set) // the user's own
	case mark(set) == markNode.Key() && shows(set):
		o.publish(r, &relabelled(top, set.List, set.Len).Set)
	default:
		o.publish(r, &relabelled(top, listOf(all, shown, own), len(all)).Set)
	}
}

// relabelled returns a node that carries the stores of top and shows list.
func relabelled(top *labelset.Set, list *labelset.Label, shown int) *node {
	top = carrier(top)
	n := newNode(max(1, depthOf(top)), unsafe.Pointer(top), new(async.Cell))
	n.show(list, shown)
	return n
}

// resolve returns the context with the stores that a chain carries. It stores it below the
// first node, for later calls.
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
	fresh, there := cell.WithoutStale(), c.Find(cell.Token())
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

// active is the observer, nil while inheritance is off.
var active atomic.Pointer[observer]

// On reports whether inheritance is on.
func On() bool { return active.Load() != nil }

// Access returns how goroutines read and write their labels, nil while inheritance is
// off.
func Access() *labelset.Access {
	if o := active.Load(); o != nil {
		return &o.Access
	}
	return nil
}
