package async

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
// [Cell.Prepare].
type Layer struct {
	rec     *Record
	token   Token
	beneath *Scope // the scope of this key that the layer lies on, if any
	saved   Cell   // what the key's cell held

	published Published
}

// Enter begins the layer for the key with this token and returns the cell that
// the caller puts the store into: it is the key's, and nothing else is in it.
func (l *Layer) Enter(t Token) *Cell {
	r, c := FastCell(t) // one call instead of two, where that suffices
	if c == nil {
		r, c = CellFor(t)
	}
	l.rec, l.token = r, t
	r.RaceEnter()
	if r.scoped {
		l.beneath = r.takeTop(t)
	}
	l.saved.saveFrom(c, t)
	return c
}

// Entered says that the store is in the cell, which Enter returned.
func (l *Layer) Entered(c *Cell) { l.published = l.rec.EnteredLayer(l.token, c) }

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
	c := r.cellFor(l.token)
	if l.token&revocable != 0 {
		c.revokeLayer(l.token)
	}
	*c = l.saved
	ended := l.beneath != nil && r.putTop(l.beneath)
	r.LeftLayer(l.token, l.published)
	if ended {
		r.Changed()
	}
	r.RaceLeave()
}
