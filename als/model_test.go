package als_test

import (
	"slices"

	"github.com/seed-1938943e/goroutine/als"
)

// This file is the reference model of execution contexts: slow, and short enough to be
// compared with the documentation. It works in another way than the engine.
// model_program_test.go runs programs on both and compares; model_ops_test.go has the
// operations, model_bindings_test.go the types of functions that they bind.
//
// A goroutine is a list of layers, the outermost first. A layer is of one storage
// (a Run, an Exit, a Scope) or of all (a captured context, and what a goroutine
// starts with). The current store of a storage is that of its innermost layer.

// all is the storage of a layer that is of all storages.
const all = -1

// A modelStore is a store that was set. It never changes, except that its life ends.
type modelStore struct {
	id         int         // number of the value
	generation int         // of the storage, when the store was set
	life       *life       // it is revoked at the end of life; nil if it is never revoked
	lease      *modelLease // of an ambient context that LeaseContext has set, else nil
}

// A modelLease is a lease of the ambient context. Once it has ended, outer is current
// instead of its context.
type modelLease struct {
	owner *modelGoroutine
	ended bool
	outer *modelStore
	scope *modelLayer // nil once it has been closed
}

// A life is the time of a Run or Scope of a storage with RevokeOnEnd. A store that was
// entered outside of these has a life that never ends.
type life struct{ ended bool }

type modelLayer struct {
	of     int
	stores []*modelStore // of all storages, or of the one; nil is none
	life   *life         // ends with the layer
	scope  bool
}

func (l *modelLayer) store(s int) **modelStore {
	if l.of == all {
		return &l.stores[s]
	}
	return &l.stores[0]
}

// modelStorages are the model's storages: their generations, which Disable increments,
// and their options.
type modelStorages []struct {
	generation int
	revokes    bool
	inherit    als.Inheritance
	labelled   bool
}

// A modelGoroutine is the execution context of one goroutine.
type modelGoroutine struct {
	storages modelStorages
	layers   []*modelLayer
	aside    [][]*modelLayer // removed by setAside

	// For reports of losses and labels:
	changes   int           // of its stores by itself, so far
	sets      int           // the same, where it set a store with a label
	touched   map[int]bool  // the storages of which it has set a store itself, or that it has exited
	passing   map[int]bool  // the same in a captured context, which may have ended
	elsewhere []*modelLayer // ended by other goroutines
}

// newModelGoroutine returns a goroutine that starts with captured stores, or
// without any if captured is nil.
func newModelGoroutine(storages modelStorages, captured []*modelStore) *modelGoroutine {
	g := &modelGoroutine{storages: storages, touched: map[int]bool{}, passing: map[int]bool{}}
	g.enterAll(captured)
	return g
}

func (g *modelGoroutine) innermost(s int) *modelLayer {
	for _, l := range slices.Backward(g.layers) {
		if l.of == s || l.of == all {
			return l
		}
	}
	panic("the outermost layer is of all storages")
}

// held returns the store that a goroutine holds, which may be gone. nil is none.
func (g *modelGoroutine) held(s int) *modelStore { return *g.innermost(s).store(s) }

// get returns the current store of a storage, nil if there is none.
func (g *modelGoroutine) get(s int) *modelStore {
	st := g.held(s)
	for st != nil && st.lease != nil && st.lease.ended {
		st = st.lease.outer
	}
	if st == nil || st.generation != g.storages[s].generation || st.life != nil && st.life.ended {
		return nil
	}
	return st
}

// capture is Snapshot, Bind and Go.
func (g *modelGoroutine) capture() []*modelStore { return g.stores(als.InheritExplicit) }

// capturePlainly is a plain go statement with inheritance.
func (g *modelGoroutine) capturePlainly() []*modelStore { return g.stores(als.InheritAlways) }

// stores returns the stores of the storages whose Inheritance is at most up.
func (g *modelGoroutine) stores(up als.Inheritance) []*modelStore {
	captured := make([]*modelStore, len(g.storages))
	for s := range captured {
		if g.storages[s].inherit <= up {
			captured[s] = *g.innermost(s).store(s)
		}
	}
	return captured
}

// outliving is Outlive: a capture of the current stores, which no end revokes. The ambient
// context, if that is one of the storages, loses its deadline, too.
func (g *modelGoroutine) outliving(ambient int) []*modelStore {
	captured := g.capture()
	for s, st := range captured {
		switch {
		case st == nil:
		case s == ambient:
			if captured[s] = nil; g.get(s) != nil {
				captured[s] = &modelStore{id: g.get(s).id | outlived}
			}
		case st.life != nil:
			if captured[s] = nil; !st.life.ended {
				captured[s] = &modelStore{id: st.id, generation: st.generation, life: new(life)}
			}
		}
	}
	return captured
}

// enter is the beginning of a Run or a Scope, or with id noStore of an Exit.
func (g *modelGoroutine) enter(s, id int, scope bool) *modelLayer {
	l := &modelLayer{of: s, stores: []*modelStore{nil}, scope: scope}
	if id != noStore {
		if g.storages[s].revokes {
			l.life = new(life)
		}
		g.setLabel(s)
		l.stores[0] = &modelStore{id: id, generation: g.storages[s].generation, life: l.life}
	}
	g.layers = append(g.layers, l)
	g.changes++
	g.touch(s)
	return l
}

func (g *modelGoroutine) setLabel(s int) {
	if g.storages[s].labelled {
		g.sets++
	}
}

func (g *modelGoroutine) touch(s int) {
	if g.captured() {
		g.passing[s] = true
	} else {
		g.touched[s] = true
	}
}

// captured reports whether the goroutine is in a context that it has not started in.
func (g *modelGoroutine) captured() bool {
	return slices.ContainsFunc(g.layers[1:], func(l *modelLayer) bool { return l.of == all })
}

// enterAll is the beginning of a call in a captured context.
func (g *modelGoroutine) enterAll(captured []*modelStore) *modelLayer {
	l := &modelLayer{of: all, stores: make([]*modelStore, len(g.storages))}
	copy(l.stores, captured)
	g.layers = append(g.layers, l)
	g.changes++
	return l
}

// enterWith replaces the store of the innermost layer. In a storage with
// RevokeOnEnd the new store is revoked with that layer if it is a scope, and else with
// the replaced store. If there is none, as in an Exit or after a Disable, or if it has
// ended, the new store is never revoked.
func (g *modelGoroutine) enterWith(s, id int) {
	l := g.innermost(s)
	at := l.store(s)
	st := &modelStore{id: id, generation: g.storages[s].generation}
	if g.storages[s].revokes {
		st.life = new(life)
		if replaced := g.get(s); replaced != nil {
			st.life = replaced.life
		} else if l.scope {
			st.life = l.life
		}
	}
	*at = st
	g.setLabel(s)
	g.changes++
	g.touch(s)
}

// lease is the beginning of a lease of the ambient context. Leases of the goroutine that
// another one has ended are closed first, from the innermost on.
func (g *modelGoroutine) lease(ambient, id int) *modelLease {
	for st := g.held(ambient); st != nil && st.lease != nil && g.closeScope(st.lease); {
		st = g.held(ambient)
	}
	lease := &modelLease{owner: g, outer: g.get(ambient)}
	lease.scope = g.enter(ambient, id, true)
	lease.scope.stores[0].lease = lease
	return lease
}

// closeScope removes the scope of a lease that has ended, on the goroutine that began it.
// It reports whether the scope was still there.
func (g *modelGoroutine) closeScope(lease *modelLease) bool {
	if lease.owner != g || !lease.ended || lease.scope == nil {
		return false
	}
	g.leave(lease.scope)
	lease.scope = nil
	return true
}

// leave ends a layer, wherever it is. Unless it is a scope, which may end in any
// order, the scopes that were opened inside end with it: those of its storage.
func (g *modelGoroutine) leave(l *modelLayer) {
	g.changes++
	g.end(l)
}

// leaveElsewhere is leave by another goroutine.
func (g *modelGoroutine) leaveElsewhere(l *modelLayer) {
	g.elsewhere = append(g.elsewhere, l)
	g.end(l)
}

func (g *modelGoroutine) end(l *modelLayer) {
	g.layers = leave(g.layers, l)
	for i := range g.aside {
		g.aside[i] = leave(g.aside[i], l)
	}
}

func leave(layers []*modelLayer, l *modelLayer) []*modelLayer {
	at := slices.Index(layers, l)
	if at < 0 {
		return layers // has ended, or is not among these
	}
	kept := layers[:at:at]
	for _, inner := range layers[at:] {
		if inner == l || !l.scope && (l.of == all || l.of == inner.of) {
			if inner.life != nil {
				inner.life.ended = true
			}
			continue
		}
		kept = append(kept, inner)
	}
	return kept
}

// setAside removes a layer and all inside it, as when the body of a loop runs in the middle
// of a bound sequence. restore puts them on top of the layers that there are then.
func (g *modelGoroutine) setAside(l *modelLayer) (restore func()) {
	at := slices.Index(g.layers, l)
	g.aside = append(g.aside, slices.Clone(g.layers[at:]))
	g.layers = g.layers[:at:at]
	g.changes++
	return func() {
		g.changes++
		last := len(g.aside) - 1
		g.layers = append(g.layers, g.aside[last]...)
		g.aside = g.aside[:last]
	}
}

// open reports whether a layer has not ended.
func (g *modelGoroutine) open(l *modelLayer) bool {
	return slices.Contains(g.layers, l) ||
		slices.ContainsFunc(g.aside, func(layers []*modelLayer) bool { return slices.Contains(layers, l) })
}

func (st modelStorages) disable(s int) { st[s].generation++ }
