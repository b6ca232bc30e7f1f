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
// later ones are answered from it.
//
// The zero Census is ready. It must not be used by several goroutines at once.
type Census struct {
	listed map[uint64]struct{} // nil until a traceback was taken
}

// Alive reports whether the goroutine with this g and ID, as [Self] returned
// them to that goroutine, may still run. An answer of false is final. It never
// says false of a goroutine that runs or waits.
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
	switch readStatus(g, layout.StatusOffset) {
	case statusDead, statusDeadExtra:
		return false
	}
	return true
}

func (c *Census) aliveByTraceback(id uint64) bool {
	if c.listed == nil {
		c.listed = tracebackIDs()
	}
	_, alive := c.listed[id]
	return alive
}

// tracebackIDs returns the IDs of all goroutines that a traceback lists. Idle
// goroutines of the runtime itself are not among them; they run no user code.
func tracebackIDs() map[uint64]struct{} {
	const perGoroutine = 1 << 10
	buf := make([]byte, perGoroutine*(runtime.NumGoroutine()+1))
	n := runtime.Stack(buf, true)
	for n == len(buf) {
		buf = make([]byte, 2*len(buf))
		n = runtime.Stack(buf, true)
	}
	ids := make(map[uint64]struct{})
	lineStart := true
	for i, b := range buf[:n] {
		if lineStart {
			if id, ok := parseHeader(buf[i:n]); ok {
				ids[id] = struct{}{}
			}
		}
		lineStart = b == '\n'
	}
	return ids
}

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
