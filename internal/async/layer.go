package async

// A Layer gives one key a store, or none, until Leave. It lives in the frame of the
// function that encloses the work, which defers Leave:
//
//	var l async.Layer
//	c := l.Enter(t)
//	put(c, store)
//	l.Entered(c)
//	defer l.Leave()
//
// Enter and Leave run on the same goroutine, so the record that Enter found is
// still its record when Leave runs. The caller keeps the key alive in between: a
// collected key's index goes to another key, whose store Leave would overwrite.
// als.Storage.Run does the same by itself in the common case; see [Cell.Prepare].
type Layer struct {
	rec     *Record
	token   Token
	beneath *Scope // the scope of this key that the layer lies on, if any
	saved   Cell   // the key's cell before Enter

	published LayerLabels
}

// Enter begins the layer for the key with this token, and returns the key's cell, cleared
// for the store.
func (l *Layer) Enter(t Token) *Cell {
	r, c := FastCell(t) // one call instead of two, where that suffices
	if c == nil {
		r, c = CellFor(t)
	}
	l.rec, l.token = r, t
	r.RaceEnter()
	if r.has(scoped) {
		l.beneath = r.takeTop(t)
	}
	l.saved.saveFrom(c, t)
	return c
}

// Entered publishes the store that the caller has put into c, which Enter returned.
func (l *Layer) Entered(c *Cell) { l.published = l.rec.EnteredLayer(l.token, c) }

// EnterEmpty begins a layer in which the key has no store.
func (l *Layer) EnterEmpty(t Token) {
	c := l.Enter(t)
	c.vacate(t)
	l.Entered(c)
}

// Leave ends the layer, and the scopes of the key that were opened inside it. It restores
// the store from before Enter, except that of a scope that has ended meanwhile.
func (l *Layer) Leave() {
	r := l.rec
	if r.has(scoped) {
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
