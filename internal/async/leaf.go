//go:build amd64 || arm64

package async

import (
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/goversion"
)

// The assembly is called through func values, not by name. To a named assembly function
// Go passes arguments on the stack, and it restores registers after the call. A func value
// it calls as it calls Go code: arguments, results and the g are in registers. That takes a
// fifth off a read (a ratio of 0.50 to ctx.Value instead of 0.62; docs/designs.md).
//
// These rules may change in any release of Go. So the leaves are used only in releases
// whose rules have been verified (goversion.Known). A harmless leaf, the probe, must also
// return the right results at init. Otherwise the twins in Go are used.

// Entries of the leaves: each holds the address of the code. A func value without captured
// variables points to such a word. Defined in assembly, read-only.
var (
	lookupEntry   uintptr
	currentEntry  uintptr
	captureEntry  uintptr
	fastCellEntry uintptr
	probeEntry    uintptr
)

// Func values of the twins, for the leaves to jump to. A leaf has no frame and
// leaves the argument where it was, so a twin returns to the leaf's caller.
var (
	lookupTwin   = lookupSlow
	currentTwin  = currentSlow
	captureTwin  = captureSlow
	fastCellTwin = fastCellSlow
)

// leaf returns the func value of an entry. Sound because a func value points to a word
// with the address of the code, which follows the rules for a function of type F.
func leaf[F any](entry *uintptr) F {
	p := unsafe.Pointer(entry)
	return *(*F)(unsafe.Pointer(&p))
}

func init() {
	offset := g.GoidOffset()
	if goversion.Known && offset != 0 && g.StatusKnown() && leavesWork() {
		useLeaves(offset)
	}
}

// useLeaves replaces the twins with the assembly. offset is that of the goid in a g; with 0
// the leaves leave every call to their twins.
func useLeaves(offset uintptr) {
	goidOffset = offset
	Lookup = leaf[func(*Key) unsafe.Pointer](&lookupEntry)
	Current = leaf[func() *Record](&currentEntry)
	Capture = leaf[func() Context](&captureEntry)
	FastCell = leaf[func(Token) (*Record, *Cell)](&fastCellEntry)
}

// setLeaves sets the mode of the leaves. The caller holds observers.mu, and has stored
// observing, which the twins load.
//
// The three words need not change at once: a leaf that reads some before and some after a
// change leaves the call to its twin, or does what it did before the change. On arm64 it may
// still read 0 in labelsOffset after comparingOffset was set. It then compares the first word
// of the g, a bound of its stack, which no record has published, and leaves the call to its
// twin.
func setLeaves(mode leafMode) {
	offset, compare := g.GoidOffset(), uintptr(0)
	switch {
	case mode == leavesOff || mode == leavesCompare && observers.offset == 0:
		offset = 0
	case mode == leavesCompare:
		offset, compare = 0, offset
	}
	atomic.StoreUintptr(&labelsOffset, observers.offset)
	atomic.StoreUintptr(&goidOffset, offset)
	atomic.StoreUintptr(&comparingOffset, compare)
}

// goidOffset is where the leaves find the goid in a g. If it is 0 they take comparingOffset
// instead, and compare the labels at labelsOffset; if that is 0, too, they leave every call
// to their twins. So inheritance costs a read nothing where it is not used.
var goidOffset, comparingOffset, labelsOffset uintptr

// leavesWork reports whether the calling convention is as the leaves assume. It calls the
// probe, which computes two results from its argument, in registers, if the g is in the
// register where the leaves expect it.
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
