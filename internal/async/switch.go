package async

import "unsafe"

// A Switch is a layer for all keys: the caller runs in a captured context until
// it leaves.
//
//	s := c.Enter()
//	defer s.Leave()
//
// It is four words on 64 bits, which are passed in registers. With a fifth it would be
// passed in memory.
type Switch struct {
	rec       *Record
	cells     *Cell // nil if the goroutine held nothing and kept its cells
	cellState cellState
	outer     unsafe.Pointer // the tops if cellState says that a scope is open, else what was published
}

// tops returns the open scopes of the context that the Switch restores, nil if there
// are none.
func (s Switch) tops() *Scope {
	if !s.cellState.has(scoped) {
		return nil
	}
	return (*Scope)(s.outer)
}

// Enter switches to c.
//
// A goroutine without stores that enters the zero Context keeps its cells, and
// Leave clears them. So a request of a kept connection, which has a few stores of
// its own, allocates no cells: two objects less.
func (c Context) Enter() Switch {
	r := Current() // currentOrNew would not be inlined
	if r == nil {
		r = newRecord()
	}
	o := observing.Load()
	if c.cells == nil && o == nil && r.holdsNothing() {
		r.RaceEnter()
		return Switch{rec: r}
	}
	was := r.published
	if o != nil && o.setLabels != nil && bare(was) {
		// The labels are bare, too: Current has compared them with was.
		if link := c.Room(); link != nil && bare(link) {
			o.setLabels(link)
			r.published = link
			o = nil // it would have done no more
		}
	}
	s := Switch{r, r.cells, r.cellState, was}
	if r.has(scoped) {
		s.outer = unsafe.Pointer(r.takeTops())
	}
	r.install(c)
	if o != nil {
		o.Switched(r)
	}
	r.RaceEnter()
	return s
}

// install makes the record run in c.
func (r *Record) install(c Context) {
	flags := r.flags&^room | c.flags | shared | switched
	if r.cells == &r.inline {
		flags |= inlineLent
	}
	r.cells, r.cellState = c.cells, cellState{c.mask, flags}
	if c.cells == nil {
		r.cells = &noCells
	}
}

// Leave restores the context before Enter. Scopes opened since Enter end.
func (s Switch) Leave() {
	r := s.rec
	if r.has(scoped) {
		r.endAll()
	}
	if s.cells == nil {
		r.clear()
		r.Changed()
		r.RaceLeave()
		return
	}
	if r.cells == &r.inline {
		r.inline = Cell{} // used by the context that ends here
	}
	r.cells, r.cellState = s.cells, s.cellState
	if s.cellState.has(scoped) {
		r.backToScopes((*Scope)(s.outer))
	} else if o := observing.Load(); o != nil {
		if o.setLabels != nil && bare(s.outer) && bare(o.labels()) {
			o.setLabels(s.outer)
			r.published = s.outer
		} else {
			o.SwitchedBack(r, s.outer)
		}
	}
	r.raceIdle() // the restored flags count the layers from before Enter
}

// backToScopes is the end of Leave for a context in which scopes are open.
func (r *Record) backToScopes(tops *Scope) {
	r.putTops(tops)
	if o := observing.Load(); o != nil {
		o.SwitchedBack(r, unobserved())
	}
}

// clear makes the record hold nothing again. Cells that were captured stay as they
// are with their Context, and an array that has grown is dropped.
func (r *Record) clear() {
	if !r.has(shared) && r.mask <= arrayMask(firstArray) {
		clear(unsafe.Slice(r.cells, arraySize(r.mask)))
		return
	}
	r.mask = 0
	r.set(room, false)
	if r.has(inlineLent) {
		r.cells = &noCells // inline is still in use by an outer Switch
		r.set(shared, true)
		return
	}
	r.cells, r.inline = &r.inline, Cell{}
	r.set(shared, false)
}

// RunGoroutine runs fn in c as the body of a goroutine, and clears the goroutine's
// record afterwards. Without stores it makes a record only for an observer, which learns
// from it that nothing was lost.
func (c Context) RunGoroutine(fn func()) {
	if c.cells == nil && observing.Load() == nil {
		fn()
		return
	}
	defer newRecordIn(c).leaveGoroutine()
	fn()
}

// leaveGoroutine drops all that the record has, at the end of its goroutine.
func (r *Record) leaveGoroutine() {
	if r.has(scoped) {
		r.endAll()
	}
	r.useInline() // what reset does, with one call less: 2 % of als.Go
	if r.dirty() {
		r.clearRest()
	}
	r.Changed()
	r.raceIdle()
}
