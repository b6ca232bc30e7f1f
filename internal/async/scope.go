package async

import (
	"unsafe"
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
	published Published           // by an observer, for the scope
	covered   *covered            // of a top that lies on another, where stores can be revoked
}

// A Handle refers to a scope, for its End. The End of the zero Handle does nothing.
type Handle struct {
	scope  *Scope
	number uint64
	goid   uint64
	grant  *grant // if any goroutine may end it
}

// An Opening is a scope whose store the caller has still to set.
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
	r := current() // currentOrNew would not be inlined
	if r == nil {
		r = newRecord()
	}
	c := r.cellFor(t)
	n := r.newScope(k, t)
	n.save(c, t)
	id, _ := r.Owner()
	return r, c, Handle{scope: n, number: n.number, goid: id}
}

// Entered reports the scope to the observers.
func (h Handle) Entered(r *Record, t Token, c *Cell) {
	if p := r.EnteredLayer(t, c); p != (Published{}) {
		h.scope.needHidden().published = p
	}
}

// OpenScope begins to open a scope of a key with this token.
func OpenScope(k *Key, t Token) Opening {
	r, c := CellFor(t)
	var top *Scope // n has only a weak pointer to it, and it may have no handle any more
	if t&revocable != 0 && r.has(scoped) {
		top = r.extras().tops.of(t)
	}
	n := r.newScope(k, t)
	n.save(c, t)
	if top != nil {
		n.cover(top, t)
	}
	return Opening{c, r, n}
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
// revokes the store of the scope, if that can be revoked, and thereby ends the scope for
// all goroutines; its own removes it at its next look-up. If the store cannot be revoked,
// End on another goroutine does nothing and returns false.
func (h Handle) End() (ok bool) {
	if h.scope == nil {
		return true
	}
	r := current()
	if r == nil {
		return h.endElsewhere(goroutine.ID())
	}
	if id, _ := r.Owner(); id != h.goid {
		return h.endElsewhere(id)
	}
	n := h.scope
	if n.number != h.number || !n.open {
		return true
	}
	if t := n.key.Token(); n.kind == soleScope && (n.hidden == nil || n.hidden.grant == nil) {
		n.restore(r.cellFor(t), t) // what end does, for the most common scope
		n.open, n.key = false, nil
		r.set(scoped, false)
		if n.hidden != nil {
			n.hidden.saved = Cell{}
		}
		if observing.Load() != nil {
			r.LeftLayer(t, n.takePublished())
		}
	} else {
		p := n.takePublished()
		if r.end(n) {
			p = Published{} // it was published with the stores of the scopes beneath
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

// newScope returns a scope that is the top of its key.
func (r *Record) newScope(k *Key, t Token) *Scope {
	n := r.soleScope()
	if n == nil || r.has(scoped) {
		n = r.anotherScope(t)
	}
	n.open, n.key = true, k
	n.number++
	r.set(scoped, true)
	return n
}

// anotherScope is newScope for a record whose sole scope is open, or that has extras, or
// nothing yet.
func (r *Record) anotherScope(t Token) *Scope {
	if r.extra != nil {
		return r.extras().push(t)
	}
	n := new(Scope)
	r.extra = unsafe.Pointer(n)
	return n
}

// push returns a scope that lies on the top of a key.
func (x *extras) push(t Token) *Scope {
	n := x.spares.take()
	if top := x.tops.remove(t); top != nil {
		n.needHidden().scope = top.weak()
		top.above = n.weak()
	}
	x.tops.add(n, t)
	return n
}

// takeTop removes the top of a key from the list and returns it, nil if there is none. The
// caller puts it back with putTop, or ends it.
func (r *Record) takeTop(t Token) *Scope {
	x := r.extras()
	n := x.tops.remove(t)
	if n != nil {
		r.set(scoped, x.tops.first != nil)
	}
	return n
}

// takePublished takes what an observer has published for the scope from it.
func (n *Scope) takePublished() (p Published) {
	if n.hidden != nil {
		p, n.hidden.published = n.hidden.published, Published{}
	}
	return p
}

// putTop undoes takeTop. It removes n if n has ended meanwhile, and reports whether it has.
func (r *Record) putTop(n *Scope) (ended bool) {
	r.extras().tops.add(n, n.key.Token())
	r.set(scoped, true)
	if ended = n.hasEnded(); ended {
		r.end(n)
	}
	return ended
}

// hasTop reports whether a scope of the key is open in the current context.
func (r *Record) hasTop(t Token) bool { return r.has(scoped) && r.extras().tops.of(t) != nil }

// end ends a scope, and those directly beneath it that other goroutines have ended. It
// reports whether there were any of these.
func (r *Record) end(n *Scope) (more bool) {
	for n = r.endOne(n); n != nil; n = r.endOne(n) {
		more = true
	}
	return more
}

// endOne ends a scope. It removes it, or only marks it if it is a top that the record does
// not have at the moment. It returns the new top if that has ended, too.
func (r *Record) endOne(n *Scope) (next *Scope) {
	t := n.key.Token()
	n.open = false
	n.revoke()
	if n.kind == soleScope {
		n.restore(r.cellFor(t), t)
		n.clear()
		r.set(scoped, false)
		return nil
	}
	x := r.extras()
	beneath := n.beneath()
	if n.above != (weak.Pointer[Scope]{}) {
		n.unlink(beneath)
		x.spares.put(n)
		return nil
	}
	if x.tops.of(t) != n {
		return nil
	}
	c := n.takeCovered()
	n.restore(r.cellFor(t), t)
	if beneath == nil && c != nil && n.hidden.scope != (weak.Pointer[Scope]{}) {
		n.standIn(c)
		return nil
	}
	x.tops.remove(t)
	if beneath != nil {
		beneath.above = weak.Pointer[Scope]{}
		x.tops.add(beneath, t)
		if c != nil {
			beneath.hidden.covered = c.without(beneath.hidden.grant)
		}
	}
	r.set(scoped, x.tops.first != nil)
	x.spares.put(n)
	if beneath == nil || !beneath.hasEnded() {
		return nil
	}
	return beneath
}

// hasEnded reports whether a scope that has not been removed yet has ended.
func (n *Scope) hasEnded() bool {
	return !n.open || n.hidden != nil && n.hidden.grant != nil && n.hidden.grant.ended()
}

// revoke revokes the store of a scope, if it can be revoked, and those that EnterWith has
// replaced it with.
func (n *Scope) revoke() {
	if n.hidden != nil && n.hidden.grant != nil {
		n.hidden.grant.revoke()
	}
}

// BelongsToScope is called when EnterWith has put a store into the cell. A revocable store
// that got no layer from the store that it replaced, as after a Disable, belongs to the
// innermost layer if that is a scope.
func (r *Record) BelongsToScope(c *Cell, t Token) {
	if t&revocable == 0 || !r.has(scoped) {
		return
	}
	n := r.extras().tops.of(t)
	if n == nil {
		return
	}
	if c.markedInPlace() {
		c.addGrant()
	}
	if h := grantIn(c, t); h.root == noLayer { // EnterWith has just set it: no other goroutine has it
		h.join(n.hidden.grant)
	}
}

// beneath returns the scope that n lies on, nil if there is none or it was forgotten.
func (n *Scope) beneath() *Scope {
	if n.hidden == nil {
		return nil
	}
	return n.hidden.scope.Value()
}

// unlink removes a scope that lies beneath another, and passes what n saved to that one.
func (n *Scope) unlink(beneath *Scope) {
	if beneath != nil {
		beneath.above = n.above
	}
	above := n.above.Value()
	if above == nil {
		return // the scope above was collected: no End can restore what n has saved
	}
	u := above.hidden
	u.published = Published{} // the publication to restore carries the store of n
	u.saved, u.scope = Cell{}, weak.Pointer[Scope]{}
	if n.hidden != nil {
		u.saved, u.scope = n.hidden.saved, n.hidden.scope
	}
}

// save keeps the store that the cell holds, and prepares the cell for the scope's store.
func (n *Scope) save(c *Cell, t Token) {
	if c.token == t {
		n.needHidden().saved = *c
	} else {
		*c = Cell{token: t}
	}
}

// restore restores the store that save kept.
func (n *Scope) restore(c *Cell, t Token) {
	if n.hidden != nil && n.hidden.saved.token != 0 {
		*c = n.hidden.saved
	} else {
		c.empty(t)
	}
}

// endAbove ends the scopes of a key that are open in its innermost layer, which then
// restores the cell. Where stores can be revoked, endAbove restores the layer's own store,
// for the layer to revoke.
func (r *Record) endAbove(t Token) {
	n := r.takeTop(t)
	if n == nil {
		return
	}
	c := n.takeCovered()
	for n != nil {
		beneath := n.beneath()
		n.revoke()
		if t&revocable != 0 {
			n.restore(r.cellFor(t), t)
		}
		r.extras().spares.put(n)
		n = beneath
	}
	if c != nil {
		c.revoke()
		*r.cellFor(t) = c.own
	}
}

// endAll ends all scopes of the current context, whose cells are about to be dropped.
func (r *Record) endAll() {
	for x := r.extras(); x.tops.first != nil; {
		r.endAbove(x.tops.first.key.Token())
	}
}

// takeTops removes the whole list from the record and returns its first, for a switch of
// contexts.
func (r *Record) takeTops() *Scope {
	if !r.has(scoped) {
		return nil
	}
	x := r.extras()
	first := x.tops.first
	x.tops = tops{}
	r.set(scoped, false)
	return first
}

// putTops undoes takeTops. It removes the scopes that have ended meanwhile, and reports
// whether there were any.
func (r *Record) putTops(first *Scope) (ended bool) {
	r.extras().tops = tops{first: first}
	r.set(scoped, true)
	return r.dropEnded()
}

// dropEnded removes the tops that have ended: those that were marked, and those that other
// goroutines have ended. It reports whether there were any.
func (r *Record) dropEnded() (any bool) {
	if n := r.soleScope(); n != nil {
		return r.dropIfEnded(n)
	}
	for n := r.extras().tops.first; n != nil; {
		next := n.next
		if n.hasEnded() {
			r.end(n)
			any = true
		}
		n = next
	}
	if any {
		r.Changed()
	}
	return any
}

// dropEndedTop is dropEnded for the top of one key.
func (r *Record) dropEndedTop(t Token) bool {
	if n := r.soleScope(); n != nil {
		return r.dropIfEnded(n)
	}
	n := r.extras().tops.of(t)
	return n != nil && r.dropIfEnded(n)
}

// dropIfEnded removes a top if it has ended, and reports whether it has.
func (r *Record) dropIfEnded(n *Scope) (ended bool) {
	if ended = n.hasEnded(); ended {
		r.end(n)
		r.Changed()
	}
	return ended
}

// needHidden returns the scope's hidden, making it if there is none.
func (n *Scope) needHidden() *hidden {
	if n.hidden == nil {
		n.hidden = new(hidden)
	}
	return n.hidden
}

// weak returns a weak pointer to the scope.
func (n *Scope) weak() weak.Pointer[Scope] {
	u := n.needHidden()
	if u.self == (weak.Pointer[Scope]{}) {
		u.self = weak.Make(n)
	}
	return u.self
}

// clear makes a scope that has been removed keep nothing alive.
func (n *Scope) clear() {
	n.open, n.key, n.above, n.next = false, nil, weak.Pointer[Scope]{}, nil
	if u := n.hidden; u != nil {
		*u = hidden{self: u.self}
	}
}

// spareScopes are scopes that have ended.
type spareScopes struct {
	first *Scope
	count int
}

// maxSpares is how many scopes a record keeps for reuse.
const maxSpares = 16

func (s *spareScopes) put(n *Scope) {
	n.clear()
	if s.count < maxSpares {
		n.next, s.first = s.first, n
		s.count++
	}
}

func (s *spareScopes) take() *Scope {
	n := s.first
	if n == nil {
		return &Scope{kind: someExtras}
	}
	s.first, n.next = n.next, nil
	s.count--
	return n
}
