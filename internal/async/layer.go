package async

import "unsafe"

// A Layer gives one key a store, or none, until it is left. It lives in the frame
// of the function that encloses the work, which leaves it in a deferred call:
//
//	var l async.Layer
//	c := l.Enter(t)
//	put(c, store)
//	l.Entered(c)
//	defer l.Leave()
//
// Enter and Leave run on the same goroutine, so the record that Enter found is
// still its record when Leave runs. The caller keeps the key alive in between: one
// that is garbage gives its index to another, whose store Leave would take out.
// als.Storage.Run has the same in its own frame for the common case; see
// [Cell.Swap].
type Layer struct {
	rec   *Record
	token Token
	under *Scope // the scope of this key that the layer lies on, if any
	saved Cell   // what the key's cell held

	published Published
}

// Enter begins the layer for the key with this token and returns the cell that
// the caller puts the store into: it is the key's, and nothing else is in it.
func (l *Layer) Enter(t Token) *Cell {
	r, c := Claim(t)
	l.rec, l.token = r, t
	r.RaceEnter()
	if r.scoped {
		l.under = r.takeTop(t)
	}
	l.saved.take(c, t)
	return c
}

// Entered says that the store is in the cell, which Enter returned.
func (l *Layer) Entered(c *Cell) { l.published = l.rec.enteredLayer(l.token, c) }

// EnterEmpty begins a layer in which the key has no store.
func (l *Layer) EnterEmpty(t Token) {
	c := l.Enter(t)
	c.empty(t)
	l.Entered(c)
}

// Leave ends the layer: the key is as before Enter, but for scopes that were
// ended meanwhile. Scopes of the key that were opened inside end, too.
func (l *Layer) Leave() {
	r := l.rec
	if r.scoped {
		r.endAbove(l.token)
	}
	if l.token&revocable != 0 {
		l.revoke()
	}
	*r.claim(l.token) = l.saved
	if l.under != nil && r.putTop(l.under) {
		r.Changed()
	} else {
		r.leftLayer(l.token, l.published)
	}
	r.RaceLeave()
}

// revoke takes back the store in the layer's cell, its own or one that an EnterWith
// put in its place, unless nothing has captured it or nothing revokes it.
func (l *Layer) revoke() {
	h := holderIn(l.rec.claim(l.token), l.token)
	if h == nil || h.root == unending {
		return
	}
	h.root.revoke()
	h.revoke()
}

// take moves what a cell holds for a token's key into saved and leaves the cell
// ready for a store of that token. What is left of an earlier generation is
// dropped.
func (saved *Cell) take(c *Cell, t Token) {
	if c.token == t {
		*saved = *c
		return
	}
	saved.empty(t)
	*c = Cell{token: t}
}

// Swap makes a cell of the token's key ready for a store of that token and returns
// the token to put back, with the words that the store overwrites, when the layer
// ends. What is left of an earlier generation is dropped.
func (c *Cell) Swap(t Token) (was Token) {
	if c.token == t {
		return t
	}
	*c = Cell{token: t}
	return t.claim()
}

// Restore undoes a Swap, before the caller puts the words back.
func (c *Cell) Restore(was Token) { c.token = was }

// Home returns the cell that Plain returned. It returns nil if the cell may have
// moved, scopes were opened since, or an observer has come to know of the record.
func (r *Record) Home(t Token) *Cell {
	c := cellAt(r.cells, r.mask, t, 0)
	if r.shared || r.scoped || r.published != untold() || !c.token.sameIndex(t) {
		return nil
	}
	return c
}

// Reclaim is the slow path of Home: it ends the scopes that were opened since, and
// returns the cell. The caller calls Changed when it has restored the store.
func (r *Record) Reclaim(t Token) *Cell {
	if observing.Load() == nil {
		r.published = untold() // there is no observer any more
	}
	if r.scoped {
		r.endAbove(t)
	}
	return r.claim(t)
}

// Store returns the address of the store in a cell whose token is not [Token.Boxed].
func (c *Cell) Store(t Token) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(c), uintptr(t&offsetMask))
}

// PutBox puts a store into a cell whose token is [Token.Boxed]: box is its address,
// and nobody writes to it any more.
//
// In a key with revocable stores the new one belongs to the layer of the store
// that it replaces, or, with alone, begins one. Where there is none, or it has
// ended, nothing ends it.
func (c *Cell) PutBox(t Token, box unsafe.Pointer, alone bool) {
	if t&revocable == 0 {
		c.ptr = box
		return
	}
	h := &holder{value: box, root: unending}
	if earlier := holderIn(c, t); alone {
		h.root = h
	} else if earlier != nil && !earlier.ended() {
		h.root = earlier.root
	}
	*c = Cell{token: t, ptr: unsafe.Pointer(h)}
}
