package async

import (
	"weak"

	"github.com/seed-1938943e/goroutine"
)

// A Scope is a layer that an explicit End ends, in any order with other scopes.
//
// The open scopes of one key are a stack. The record points to its top, the innermost.
// Each scope saves the store that it hides. A scope that ends at the top restores that
// store; one that ends beneath another passes it to that one, and leaves the stack. So an
// End costs the same in any order, however many scopes of other keys are open.
//
// A top that ends while its key is in another layer, or its goroutine in another
// context, is only marked. The return to that layer or context removes it.
//
// A scope may be forgotten: opened, and never ended. Only its handle and, while it is a
// top, its record keep it alive: without a handle no End can restore what it saved. Hence
// the weak pointers in a stack. Revocable stores that other goroutines have captured must
// still be revoked, with the layer that the scopes lie on; see covered.
//
// A Scope belongs to one record, which reuses it when it has ended: most openings allocate
// nothing. Only the goroutine that opened a scope looks into it.
type Scope struct {
	kind kind // first; see extras
	open bool // it has been opened, and its End was not called

	number uint64              // of the opening: a handle to an earlier one has ended
	key    *Key                // keeps the index from another key while the scope is open
	next   *Scope              // in the list of tops, or of spares
	above  weak.Pointer[Scope] // what lies directly on it; zero for a top
	hidden *hidden             // nil until it is needed
}

// hidden is the part of a Scope that most scopes do not need.
type hidden struct {
	saved     Cell                // what the key's cell held
	scope     weak.Pointer[Scope] // the one beneath, zero if there is none
	self      weak.Pointer[Scope] // the scope itself; made once, when it is first needed
	grant     *grant              // of the scope's own store, if it can be revoked
	published LayerLabels         // by an observer, for the scope
	covered   *covered            // of a top that lies on another, where stores can be revoked
}

// A Handle refers to a scope, for its End. The End of the zero Handle does nothing.
type Handle struct {
	scope  *Scope
	number uint64
	goid   uint64
	grant  *grant // if any goroutine may end it
}

// An Opening is a scope whose store the caller has yet to set.
type Opening struct {
	Cell  *Cell // for the store, as with [Layer.Enter]
	rec   *Record
	scope *Scope
}

// OpenPlain opens a scope of a key whose stores lie in their cells, and returns the
// cell for the store. In this common case nothing is left to do once the store is in
// the cell, which takes a third off [OpenScope]. If there is an observer then, the caller
// calls [Handle.Entered].
func OpenPlain(k *Key, t Token) (*Record, *Cell, Handle) {
	r := Current() // currentOrNew would not be inlined
	if r == nil {
		r = newRecord()
	}
	c := r.cellFor(t)
	s := r.newScope(k, t)
	s.save(c, t)
	id, _ := r.Owner()
	return r, c, Handle{scope: s, number: s.number, goid: id}
}

// Entered reports the scope to the observers.
func (h Handle) Entered(r *Record, t Token, c *Cell) {
	if p := r.EnteredLayer(t, c); p != (LayerLabels{}) {
		h.scope.needHidden().published = p
	}
}

// OpenScope begins to open a scope of a key with this token.
func OpenScope(k *Key, t Token) Opening {
	r, c := CellFor(t)
	var top *Scope // s has only a weak pointer to it, and it may have no handle any more
	if t&revocable != 0 && r.has(scoped) {
		top = r.extras().tops.of(t)
	}
	s := r.newScope(k, t)
	s.save(c, t)
	if top != nil {
		s.cover(top, t)
	}
	return Opening{c, r, s}
}

// Opened completes the opening. The store is in the cell; one that can be revoked is boxed.
func (o Opening) Opened(t Token) Handle {
	id, _ := o.rec.Owner()
	h := Handle{scope: o.scope, number: o.scope.number, goid: id}
	if t&revocable != 0 {
		h.grant = (*grant)(o.Cell.ptr)
		o.scope.needHidden().grant = h.grant
	}
	h.Entered(o.rec, t, o.Cell)
	return h
}

// End ends the scope, if it has not ended yet. On another goroutine than OpenScope it
// revokes the store of the scope, which ends the scope for all goroutines. The goroutine
// that opened the scope then removes it at its next lookup. If the store cannot be revoked,
// End on another goroutine does nothing and returns false.
func (h Handle) End() (ok bool) {
	if h.scope == nil {
		return true
	}
	r := Current()
	if r == nil {
		return h.endElsewhere(goroutine.ID())
	}
	if id, _ := r.Owner(); id != h.goid {
		return h.endElsewhere(id)
	}
	s := h.scope
	if s.number != h.number || !s.open {
		return true
	}
	if t := s.key.Token(); s.kind == soleScope && (s.hidden == nil || s.hidden.grant == nil) {
		s.restore(r.cellFor(t), t) // what endScope does, for the most common scope
		s.open, s.key = false, nil
		r.set(scoped, false)
		if s.hidden != nil {
			s.hidden.saved = Cell{}
		}
		if observing.Load() != nil {
			r.LeftLayer(t, s.takePublished())
		}
	} else {
		p := s.takePublished()
		if r.endScope(s) {
			p = LayerLabels{} // it was published with the stores of the scopes beneath
		}
		r.LeftLayer(t, p)
	}
	r.raceIdle()
	return true
}

// endElsewhere is End on a goroutine whose record does not have the scope. The scope's own
// goroutine still has to remove it, so the grant keeps it alive from now on: the handle
// may have been the last that did.
func (h Handle) endElsewhere(id uint64) (ok bool) {
	if h.grant != nil {
		h.grant.keep(h.scope)
		h.grant.revoke()
		return true
	}
	return id == h.goid // whose record is gone, and with it the scope
}

// takePublished removes and returns what an observer has published for the scope.
func (s *Scope) takePublished() (p LayerLabels) {
	if s.hidden != nil {
		p, s.hidden.published = s.hidden.published, LayerLabels{}
	}
	return p
}

// hasEnded reports whether a scope that has not been removed yet has ended.
func (s *Scope) hasEnded() bool {
	return !s.open || s.hidden != nil && s.hidden.grant != nil && s.hidden.grant.ended()
}

// revoke revokes the store of a scope, if it can be revoked, and those that EnterWith has
// replaced it with.
func (s *Scope) revoke() {
	if s.hidden != nil && s.hidden.grant != nil {
		s.hidden.grant.revoke()
	}
}

// BelongsToScope is called when EnterWith has put a store into the cell. A revocable store
// that got no layer from the store that it replaced, as after a Disable, belongs to the
// innermost layer if that is a scope.
func (r *Record) BelongsToScope(c *Cell, t Token) {
	if t&revocable == 0 || !r.has(scoped) {
		return
	}
	s := r.extras().tops.of(t)
	if s == nil {
		return
	}
	if c.markedInPlace() {
		c.addGrant()
	}
	if g := grantIn(c, t); g.root == noLayer { // EnterWith has just set it: no other goroutine has it
		g.join(s.hidden.grant)
	}
}

// beneath returns the scope that s lies on, nil if there is none or it was forgotten.
func (s *Scope) beneath() *Scope {
	if s.hidden == nil {
		return nil
	}
	return s.hidden.scope.Value()
}

// save keeps the store that the cell holds, and prepares the cell for the scope's store.
func (s *Scope) save(c *Cell, t Token) {
	if c.token == t {
		s.needHidden().saved = *c
	} else {
		*c = Cell{token: t}
	}
}

// restore restores the store that save kept.
func (s *Scope) restore(c *Cell, t Token) {
	if s.hidden != nil && s.hidden.saved.token != 0 {
		*c = s.hidden.saved
	} else {
		c.vacate(t)
	}
}

// needHidden returns the scope's hidden, making it if there is none.
func (s *Scope) needHidden() *hidden {
	if s.hidden == nil {
		s.hidden = new(hidden)
	}
	return s.hidden
}

// weak returns a weak pointer to the scope.
func (s *Scope) weak() weak.Pointer[Scope] {
	h := s.needHidden()
	if h.self == (weak.Pointer[Scope]{}) {
		h.self = weak.Make(s)
	}
	return h.self
}

// clear makes a scope that has been removed keep nothing alive.
func (s *Scope) clear() {
	s.open, s.key, s.above, s.next = false, nil, weak.Pointer[Scope]{}, nil
	if h := s.hidden; h != nil {
		*h = hidden{self: h.self}
	}
}
