package async

import (
	"slices"
	"unsafe"
	"weak"
)

// The open scopes of a record; see Scope for how those of one key lie on each other.

// newScope returns a scope that is the top of its key.
func (r *Record) newScope(k *Key, t Token) *Scope {
	s := r.soleScope()
	if s == nil || r.has(scoped) {
		s = r.anotherScope(t)
	}
	s.open, s.key = true, k
	s.number++
	r.set(scoped, true)
	return s
}

// anotherScope is newScope for a record whose sole scope is open, or that has extras, or
// nothing yet.
func (r *Record) anotherScope(t Token) *Scope {
	if r.extra != nil {
		return r.extras().push(t)
	}
	s := new(Scope)
	r.extra = unsafe.Pointer(s)
	return s
}

// push returns a scope that lies on the top of a key.
func (x *extras) push(t Token) *Scope {
	s := x.spares.take()
	if top := x.tops.remove(t); top != nil {
		s.needHidden().scope = top.weak()
		top.above = s.weak()
	}
	x.tops.add(s, t)
	return s
}

// takeTop removes the top of a key from the list and returns it, nil if there is none. The
// caller puts it back with putTop, or ends it.
func (r *Record) takeTop(t Token) *Scope {
	x := r.extras()
	s := x.tops.remove(t)
	if s != nil {
		r.set(scoped, x.tops.first != nil)
	}
	return s
}

// putTop undoes takeTop. It removes s if s has ended meanwhile, and reports whether it has.
func (r *Record) putTop(s *Scope) (ended bool) {
	r.extras().tops.add(s, s.key.Token())
	r.set(scoped, true)
	if ended = s.hasEnded(); ended {
		r.endScope(s)
	}
	return ended
}

// hasTop reports whether a scope of the key is open in the current context.
func (r *Record) hasTop(t Token) bool { return r.has(scoped) && r.extras().tops.of(t) != nil }

// takeTops removes the whole list from the record and returns its first, for a switch of
// contexts.
func (r *Record) takeTops() *Scope {
	if !r.has(scoped) {
		return nil
	}
	x := r.extras()
	first := x.tops.first
	if x.tops.index != nil {
		x.suspend()
	}
	x.tops = tops{}
	r.set(scoped, false)
	return first
}

// putTops undoes takeTops. It removes the scopes that have ended meanwhile, and reports
// whether there were any.
func (r *Record) putTops(first *Scope) (ended bool) {
	x := r.extras()
	x.tops = tops{first: first}
	if x.suspended != nil {
		x.resume()
	}
	r.set(scoped, true)
	return r.dropEnded()
}

// suspend keeps the list and its index for resume.
func (x *extras) suspend() {
	if x.suspended == nil {
		x.suspended = new([]tops)
	}
	*x.suspended = append(*x.suspended, x.tops)
}

// resume gives the list its index back, if suspend has kept it.
func (x *extras) resume() {
	lists := *x.suspended
	for i := len(lists) - 1; i >= 0; i-- {
		if lists[i].first == x.tops.first {
			x.tops = lists[i]
			*x.suspended = slices.Delete(lists, i, i+1)
			return
		}
	}
}

// endScope ends a scope, and those directly beneath it that other goroutines have ended. It
// reports whether there were any of these.
func (r *Record) endScope(s *Scope) (more bool) {
	for s = r.endOne(s); s != nil; s = r.endOne(s) {
		more = true
	}
	return more
}

// endOne ends a scope. It removes it, or only marks it if it is a top that the record does
// not have at the moment. It returns the new top if that has ended, too.
func (r *Record) endOne(s *Scope) (next *Scope) {
	t, marked := s.key.Token(), !s.open
	s.open = false
	s.revoke()
	if s.kind == soleScope {
		s.restore(r.cellFor(t), t)
		s.clear()
		r.set(scoped, false)
		return nil
	}
	x := r.extras()
	beneath := s.beneath()
	if s.above != (weak.Pointer[Scope]{}) {
		s.unlink(beneath)
		x.spares.put(s)
		return nil
	}
	if x.tops.of(t) != s {
		x.marked++
		return nil
	}
	if marked {
		x.marked--
	}
	c := s.takeCovered()
	s.restore(r.cellFor(t), t)
	if beneath == nil && c != nil && s.hidden.scope != (weak.Pointer[Scope]{}) {
		s.standIn(c)
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
	x.spares.put(s)
	if beneath == nil || !beneath.hasEnded() {
		return nil
	}
	return beneath
}

// unlink removes a scope that lies beneath another, and passes what s saved to that one.
func (s *Scope) unlink(beneath *Scope) {
	if beneath != nil {
		beneath.above = s.above
	}
	above := s.above.Value()
	if above == nil {
		return // the scope above was collected: no End can restore what s has saved
	}
	h := above.hidden
	h.published = LayerLabels{} // the publication to restore carries the store of s
	h.saved, h.scope = Cell{}, weak.Pointer[Scope]{}
	if s.hidden != nil {
		h.saved, h.scope = s.hidden.saved, s.hidden.scope
	}
}

// endAbove ends the scopes of a key that are open in its innermost layer, which then
// restores the cell. Where stores can be revoked, endAbove restores the layer's own store,
// for the layer to revoke.
func (r *Record) endAbove(t Token) {
	s := r.takeTop(t)
	if s == nil {
		return
	}
	c := s.takeCovered()
	for s != nil {
		beneath := s.beneath()
		s.revoke()
		if t&revocable != 0 {
			s.restore(r.cellFor(t), t)
		}
		r.extras().spares.put(s)
		s = beneath
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

// dropEnded removes the tops that have ended: those that were marked, and those that other
// goroutines have ended. It reports whether there were any.
func (r *Record) dropEnded() (dropped bool) {
	if s := r.soleScope(); s != nil {
		return r.dropIfEnded(s)
	}
	x := r.extras()
	if x.tops.index != nil && x.marked == 0 && x.tops.index.revocable == 0 {
		return false
	}
	for s := x.tops.first; s != nil; {
		next := s.next
		if s.hasEnded() {
			r.endScope(s)
			dropped = true
		}
		s = next
	}
	if dropped {
		r.Changed()
	}
	return dropped
}

// dropEndedTop is dropEnded for the top of one key.
func (r *Record) dropEndedTop(t Token) bool {
	if s := r.soleScope(); s != nil {
		return r.dropIfEnded(s)
	}
	s := r.extras().tops.of(t)
	return s != nil && r.dropIfEnded(s)
}

// dropIfEnded removes a top if it has ended, and reports whether it has.
func (r *Record) dropIfEnded(s *Scope) (ended bool) {
	if ended = s.hasEnded(); ended {
		r.endScope(s)
		r.Changed()
	}
	return ended
}

// spareScopes are scopes that have ended.
type spareScopes struct {
	first *Scope
	count int
}

// maxSpares is how many scopes a record keeps for reuse.
const maxSpares = 16

func (spares *spareScopes) put(s *Scope) {
	s.clear()
	if spares.count < maxSpares {
		s.next, spares.first = spares.first, s
		spares.count++
	}
}

func (spares *spareScopes) take() *Scope {
	s := spares.first
	if s == nil {
		return &Scope{kind: someExtras}
	}
	spares.first, s.next = s.next, nil
	spares.count--
	return s
}
