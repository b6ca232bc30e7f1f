package goroutine

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// A Census answers whether goroutines are still alive. It is made for one round
// of questions: where the runtime's g can be read it looks there, at a few
// nanoseconds each; elsewhere its first question takes a traceback of all
// goroutines, which stops the program for microseconds per goroutine, and the
// later ones are answered from it where they can be.
//
// The zero Census is ready. It must not be used by several goroutines at once.
type Census struct {
	listed map[uint64]struct{} // nil until a traceback was taken
	taken  bool                // by Take
}

// Slow reports whether the answers come from tracebacks.
func (c *Census) Slow() bool { return layout.StatusOffset == 0 }

// Take takes the traceback from which all later answers come, where one is needed.
// They are right then for goroutines whose names the caller knew before; of others
// Alive may say that they are over.
func (c *Census) Take() {
	if c.Slow() {
		c.listed = tracebackIDs()
		_, c.taken = c.listed[ID()] // a traceback without its caller is not one that we can read
	}
}

// Alive reports whether the goroutine with this g and ID, as [Self] returned
// them to that goroutine, may still run. It never says false of a goroutine that
// runs or waits.
//
// An answer of false is final, with one exception: the goroutines that the
// runtime keeps for callbacks from C are dead while no C thread has them, and
// come back under the same names. Where the g can be read, they can be told apart
// from Go 1.26 on and count as alive. Where it cannot, those that run finalizers
// and cleanups come back, too.
//
// Where the g cannot be read, each answer of false may cost another traceback,
// unless there was a [Census.Take].
func (c *Census) Alive(g unsafe.Pointer, id uint64) bool {
	if g == nil || layout.StatusOffset == 0 {
		return c.aliveByTraceback(id)
	}
	// The goroutine wrote its name somewhere, and the caller read it there
	// through an atomic, so these loads see the g as it was then or later: the
	// ID changes only when the g gets its next life, and a dead status ends the
	// life that has this ID.
	if readWord(g, layout.GoidOffset) != id {
		return false
	}
	return readStatus(g, layout.StatusOffset) != statusDead
}

func (c *Census) aliveByTraceback(id uint64) bool {
	if _, ok := c.listed[id]; ok || c.taken {
		return ok
	}
	// An older traceback proves nothing about a goroutine that it does not list,
	// which may have started later, and IDs do not tell: each P hands them out
	// from a batch of its own. So look again, now that the goroutine had a name.
	c.listed = tracebackIDs()
	if _, ok := c.listed[ID()]; !ok {
		return true // a traceback without its caller is not one that we can read
	}
	_, alive := c.listed[id]
	return alive
}

// tracebackIDs returns the IDs of all goroutines that a traceback lists. Idle
// goroutines of the runtime itself are not among them; they run no user code.
func tracebackIDs() map[uint64]struct{} {
	buf := make([]byte, tracebackSize*(runtime.NumGoroutine()+1))
	n := runtime.Stack(buf, true)
	for n == len(buf) {
		buf = make([]byte, 2*len(buf))
		n = runtime.Stack(buf, true)
	}
	return parseHeaders(buf[:n])
}

// tracebackSize is the guess for one goroutine in bytes; the buffer doubles
// until all fit.
const tracebackSize = 1 << 10

// readWord reads the 64-bit word at an offset of a g. Sound because the memory
// of a g is never freed, the offset lies inside it, and the runtime writes the
// word with one store; atomic because that store may happen meanwhile.
func readWord(g unsafe.Pointer, off uintptr) uint64 {
	return atomic.LoadUint64((*uint64)(unsafe.Add(g, off)))
}

// readStatus reads the status of a g without the scan bit. Sound as readWord is.
func readStatus(g unsafe.Pointer, off uintptr) uint32 {
	return atomic.LoadUint32((*uint32)(unsafe.Add(g, off))) &^ statusScanBit
}
