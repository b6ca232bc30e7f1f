package async

import "unsafe"

// A Context is an execution context as it was at a moment: the stores of all
// keys. It is two words, immutable, and may be used by any number of goroutines
// at once. The zero Context holds no stores.
type Context struct {
	cells *Cell // shared, nil if there is no store
	mask  uint32
}

// noCells are the cells of the zero Context while a goroutine runs in it. They
// are shared, so they are never written.
var noCells Cell

// Capture returns the caller's execution context. It allocates only if a goroutine
// with a single key in use has changed its store since it last captured.
func Capture() Context {
	r := current()
	if r == nil {
		return Context{}
	}
	if !r.shared && !r.freeze() || r.cells == &noCells {
		return Context{}
	}
	return Context{r.cells, r.mask}
}

// freeze makes the record's cells fit to be shared and reports whether they hold
// any store.
func (r *Record) freeze() bool {
	stores := false
	cells := unsafe.Slice(r.cells, arraySize(r.mask))
	for i := range cells {
		cells[i].dropStale()
		stores = stores || !cells[i].token.isClaim()
	}
	if !stores {
		return false
	}
	if r.cells == &r.inline {
		// A Context must not keep the record, so it gets a copy.
		r.cells = &Cell{}
		*r.cells = r.inline
		r.inline = Cell{}
	}
	r.shared = true
	return true
}

// install makes the record run in c.
func (r *Record) install(c Context) {
	r.cells, r.mask, r.shared = c.cells, c.mask, true
	if c.cells == nil {
		r.cells = &noCells
	}
	r.scopes = nil
}

// A Switch is a layer for all keys: the caller runs in a captured context until
// it leaves. It is used like a [Layer].
type Switch struct {
	rec    *Record
	cells  *Cell
	mask   uint32
	shared bool
	inline Cell // its content, if that is where the cells are
	scopes *Scope
}

// Enter switches to c.
func (s *Switch) Enter(c Context) {
	r := own()
	s.rec = r
	s.cells, s.mask, s.shared, s.scopes = r.cells, r.mask, r.shared, r.scopes
	if s.cells == &r.inline {
		s.inline = r.inline
	}
	r.install(c)
}

// Leave switches back. Scopes opened since Enter end.
func (s *Switch) Leave() {
	r := s.rec
	if r.scopes != nil {
		r.endAll()
	}
	r.cells, r.mask, r.shared, r.scopes = s.cells, s.mask, s.shared, s.scopes
	r.inline = s.inline
	if r.scopes != nil {
		r.settleAll()
	}
}

// RunGoroutine runs fn as the whole of a new goroutine that starts in c, and lets
// go of everything when it ends.
func (c Context) RunGoroutine(fn func()) {
	if c.cells == nil {
		fn()
		return
	}
	r := own()
	r.install(c)
	defer r.end()
	fn()
}

// end is the end of a goroutine that RunGoroutine began.
func (r *Record) end() {
	if r.scopes != nil {
		r.endAll()
	}
	r.reset()
}

// Empty reports whether the Context holds no stores.
func (c Context) Empty() bool { return c.cells == nil }
