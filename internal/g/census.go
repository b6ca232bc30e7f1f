package g

// A Census reports whether goroutines are still alive. It is made for one round of
// calls. If the status of a g can be read, a call of Alive reads it in a few
// nanoseconds. Otherwise the first call takes a traceback of all goroutines, which stops
// the program for microseconds per goroutine, and later calls use it if they can.
//
// The zero Census is ready for use. Several goroutines must not use one at once.
type Census struct {
	ids   map[uint64]struct{} // nil until a traceback was taken
	taken bool                // by Take
}

// Take takes the traceback that all later calls of Alive use, if one is needed. Alive is
// then right for goroutines whose g and ID the caller had before the Take. For others it
// may return false although they are alive. A second Take does nothing.
func (c *Census) Take() {
	if !c.taken && !StatusKnown() {
		c.ids, c.taken = listed()
	}
}

// Forget makes Alive return false for a goroutine, where a traceback answers. There a
// goroutine of the runtime's may lose its entry in a table while it is idle, and have
// another later in the same walk.
func (c *Census) Forget(id uint64) { delete(c.ids, id) }

// Alive reports whether the goroutine with this g and ID, as package goroutine
// returned them to that goroutine, may still run. It never returns false for a
// goroutine that runs or waits.
//
// Where the status of a g can be read ([StatusKnown]), false is final. The goroutines
// that the runtime keeps for callbacks from C count as alive while no C thread uses
// them: they run again with the same g and ID.
//
// Elsewhere false is not final for goroutines that a traceback omits while they are idle:
// those for callbacks from C, for finalizers and for cleanups. Each false may then cost
// another traceback, unless there was a [Census.Take].
func (c *Census) Alive(g uintptr, id uint64) bool {
	if g == 0 || !StatusKnown() {
		return c.aliveByTraceback(id)
	}
	// The goroutine published its g and ID, and the caller loaded them atomically, so
	// these loads see the g as it was then or later. The ID changes only when the g gets
	// its next goroutine, and a dead status with this ID is that of this goroutine.
	if uint64(Word(g, goidOffset)) != id {
		return false
	}
	// The runtime makes the gs for C threads itself. They are the only ones without a
	// start function; before Go 1.26 nothing else tells them from dead ones.
	return word32(g, known.status) != statusDead || Word(g, known.start) == 0
}

func (c *Census) aliveByTraceback(id uint64) bool {
	if _, ok := c.ids[id]; ok || c.taken {
		return ok
	}
	// An older traceback proves nothing about a goroutine that it does not list, which
	// may have started later. IDs do not show that: each P hands them out from a batch of
	// its own. So take another traceback, now that the goroutine had an ID.
	ids, ok := listed()
	if !ok {
		return true
	}
	c.ids = ids
	_, alive := ids[id]
	return alive
}

// listed returns the IDs of all goroutines that a traceback lists. Idle goroutines
// of the runtime itself are not among them; they run no user code. ok is false if the
// traceback does not list the caller: then we cannot read it.
func listed() (ids map[uint64]struct{}, ok bool) {
	ids = make(map[uint64]struct{})
	for header := range headers(Traceback()) {
		ids[header.id] = struct{}{}
	}
	_, ok = ids[ownID()]
	return ids, ok
}
