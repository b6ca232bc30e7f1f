package als_test

import (
	"slices"

	"github.com/seed-1938943e/goroutine/als"
)

// This file is the reference model of execution contexts: plain, slow, and short
// enough to be read against the documentation. It shares no idea with the engine.
// model_program_test.go runs programs on both and compares.
//
// A goroutine is a list of layers, the outermost first. A layer is of one storage
// (a Run, an Exit, a Scope) or of all (a captured context, and what a goroutine
// starts with). The current store of a storage is that of its innermost layer.

// all is the storage of a layer that is of all storages.
const all = -1

// A modelStore is a store that was put in place. It never changes, but for its life.
type modelStore struct {
	id         int   // which value
	generation int   // of the storage, when it was put in place
	life       *life // it is revoked at the end of life; nil if it is never revoked
}

// A life is the time from the beginning of a Run or Scope of a storage with
// RevokeOnEnd to its end. What was entered outside of one has a life that nothing
// ends.
type life struct{ over bool }

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
}

// A modelGoroutine is the execution context of one goroutine.
type modelGoroutine struct {
	storages modelStorages
	layers   []*modelLayer
	aside    [][]*modelLayer // what setAside has taken away
}

// newModelGoroutine returns a goroutine that starts with captured stores, or
// without any if captured is nil.
func newModelGoroutine(storages modelStorages, captured []*modelStore) *modelGoroutine {
	g := &modelGoroutine{storages: storages}
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

// get returns the current store of a storage, nil if there is none.
func (g *modelGoroutine) get(s int) *modelStore {
	st := *g.innermost(s).store(s)
	if st == nil || st.generation != g.storages[s].generation || st.life != nil && st.life.over {
		return nil
	}
	return st
}

// capture is Snapshot, Bind and Go.
func (g *modelGoroutine) capture() []*modelStore { return g.stores(als.InheritExplicit) }

// capturePlainly is a plain go statement with inheritance.
func (g *modelGoroutine) capturePlainly() []*modelStore { return g.stores(als.InheritAlways) }

// stores returns those of the storages that are inherited up to some way.
func (g *modelGoroutine) stores(up als.Inheritance) []*modelStore {
	captured := make([]*modelStore, len(g.storages))
	for s := range captured {
		if g.storages[s].inherit <= up {
			captured[s] = *g.innermost(s).store(s)
		}
	}
	return captured
}

// outliving is Outlive: a capture of the stores that there are, out of the reach of ends.
func (g *modelGoroutine) outliving() []*modelStore {
	captured := g.capture()
	for s, st := range captured {
		if st == nil || st.life == nil {
			continue
		}
		captured[s] = nil
		if !st.life.over {
			captured[s] = &modelStore{st.id, st.generation, new(life)}
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
		l.stores[0] = &modelStore{id, g.storages[s].generation, l.life}
	}
	g.layers = append(g.layers, l)
	return l
}

// enterAll is the beginning of a call in a captured context.
func (g *modelGoroutine) enterAll(captured []*modelStore) *modelLayer {
	l := &modelLayer{of: all, stores: make([]*modelStore, len(g.storages))}
	copy(l.stores, captured)
	g.layers = append(g.layers, l)
	return l
}

// enterWith replaces the store of the innermost layer. In a storage with
// RevokeOnEnd the new store is revoked with that layer if it is a scope, and else with
// the replaced store. If there is none, as in an Exit or after a Disable, or if it has
// ended, the new store is never revoked.
func (g *modelGoroutine) enterWith(s, id int) {
	l := g.innermost(s)
	at := l.store(s)
	st := &modelStore{id, g.storages[s].generation, nil}
	if g.storages[s].revokes {
		st.life = new(life)
		if replaced := g.get(s); replaced != nil {
			st.life = replaced.life
		} else if l.scope {
			st.life = l.life
		}
	}
	*at = st
}

// leave ends a layer, wherever it is. Unless it is a scope, which may end in any
// order, the scopes that were opened inside end with it: those of its storage.
func (g *modelGoroutine) leave(l *modelLayer) {
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
				inner.life.over = true
			}
			continue
		}
		kept = append(kept, inner)
	}
	return kept
}

// setAside takes a layer away, with all inside of it, as when the body of a loop runs
// in the middle of a bound sequence. back puts them back, on top of what is there then.
func (g *modelGoroutine) setAside(l *modelLayer) (back func()) {
	at := slices.Index(g.layers, l)
	g.aside = append(g.aside, slices.Clone(g.layers[at:]))
	g.layers = g.layers[:at:at]
	return func() {
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
