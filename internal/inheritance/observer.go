package inheritance

import (
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/labelset"
)

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
func (o *observer) Entered(r *async.Record, t async.Token, c *async.Cell) async.LayerLabels {
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
	return async.LayerLabels{Was: published, Now: unsafe.Pointer(n)}
}

// enteredSlow is Entered in the other cases, among them the first Run of a goroutine,
// which does not need enteredOnto. With that inlined, the frame did not fit the first stack
// of a goroutine, and the copy took 2 µs.
func (o *observer) enteredSlow(r *async.Record, t async.Token, c *async.Cell) async.LayerLabels {
	if t.Explicit() {
		o.showExplicit(r, t)
		return async.LayerLabels{}
	}
	published, ok := r.Published()
	set := (*labelset.Set)(published)
	if !ok {
		// The record is new, or has never had a store that go statements carry.
		set = o.Get()
		if r.HoldsBeside(c) {
			o.rebase(r, set)
			return async.LayerLabels{}
		}
		set = outside(set)
	}
	if set != nil || t.Labelled() {
		return o.enteredOnto(r, t, c, set)
	}
	n := newNode(1, nil, c)
	o.publish(r, &n.Set)
	return async.LayerLabels{Now: unsafe.Pointer(n)}
}

// enteredOnto publishes a node with the cell above a set of any kind.
//
//go:noinline
func (o *observer) enteredOnto(r *async.Record, t async.Token, c *async.Cell, set *labelset.Set) async.LayerLabels {
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
	return async.LayerLabels{Was: unsafe.Pointer(set), Now: unsafe.Pointer(n)}
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

// Left implements [async.Observer]: it publishes the earlier link again, unless a store has
// changed that outlives the layer. The engine publishes that link without this call if there
// is no other observer, the labels are still the node that Entered has published, and the
// store is in no offer.
func (o *observer) Left(r *async.Record, t async.Token, p async.LayerLabels) {
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
