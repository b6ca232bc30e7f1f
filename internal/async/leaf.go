//go:build amd64 || arm64

package async

import (
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/goversion"
)

// The assembly is entered through func values, not by name. Go calls a named
// assembly function with its arguments on the stack and restores registers after
// it; a func value it calls as it calls its own code, with arguments and results
// in registers and the g in one, too. That takes a fifth off a read (a ratio of
// 0.50 to ctx.Value instead of 0.62; docs/designs.md).
//
// How Go passes arguments in registers may change from release to release. So
// the leaves are used only in releases whose rules have been verified (goversion.Known),
// and only if a harmless leaf that follows the same rules returns the right results at
// init. Otherwise the twins in Go stay in place.

// Entries of the leaves: words that hold the address of the code, as a func value
// without captured variables points to one. Defined in assembly, read-only.
var (
	lookupEntry   uintptr
	currentEntry  uintptr
	fastCellEntry uintptr
	probeEntry    uintptr
)

// Func values of the twins, for the leaves to jump to. A leaf has no frame and
// leaves the argument where it was, so a twin returns to the leaf's caller.
var (
	lookupTwin   = lookupSlow
	currentTwin  = currentSlow
	fastCellTwin = fastCellSlow
)

// leaf makes a func value of an entry. Sound because a func value is a pointer to
// a word with the address of the code, and the code at entry follows the rules for
// a function of type F.
func leaf[F any](entry *uintptr) F {
	p := unsafe.Pointer(entry)
	return *(*F)(unsafe.Pointer(&p))
}

func init() {
	offset := g.GoidOffset()
	if goversion.Known && offset != 0 && g.StatusKnown() && leavesWork() {
		goidKnown = true
		useLeaves(offset)
	}
}

// useLeaves puts the assembly in place of the twins. offset is where the goid lies
// in a g; with 0 the leaves leave everything to their twins.
func useLeaves(offset uintptr) {
	goidOffset = offset
	Lookup = leaf[func(*Key) unsafe.Pointer](&lookupEntry)
	current = leaf[func() *Record](&currentEntry)
	FastCell = leaf[func(Token) (*Record, *Cell)](&fastCellEntry)
}

// setLeaves sets what the leaves do. The caller holds observers.mu. Each word is
// complete by itself: a leaf that reads one before and one after a change leaves the
// call to its twin, or does what it did before the change.
func setLeaves(mode leafMode) {
	offset, compare := g.GoidOffset(), uintptr(0)
	switch {
	case !goidKnown || mode == leavesOff || mode == leavesCompare && observers.labels == 0:
		offset = 0
	case mode == leavesCompare:
		offset, compare = 0, offset
	}
	atomic.StoreUintptr(&labelsOffset, observers.labels)
	atomic.StoreUintptr(&goidOffset, offset)
	atomic.StoreUintptr(&comparingOffset, compare)
}

// goidOffset is where the leaves find the goid in a g. At 0 they read comparingOffset
// instead, and with that compare the labels, which lie at labelsOffset. If that is 0,
// too, they leave everything to their twins. So without inheritance a read does not
// look at more than it did.
var goidOffset, comparingOffset, labelsOffset uintptr

// goidKnown says that the leaves are in use. Set by init.
var goidKnown bool

// leavesWork reports whether the calling convention is as the leaves assume. It calls the
// probe, which compares the g with the register where the leaves expect it, and computes
// two results from an argument in registers.
func leavesWork() bool {
	probe := leaf[func(uint64) (uint64, uint64)](&probeEntry)
	for _, x := range []uint64{0, 1, 0x123456789abcdef0} {
		plus, inverse := probe(x)
		if plus != x+1 || inverse != ^x {
			return false
		}
	}
	return true
}
