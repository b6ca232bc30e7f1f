package goroutine

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

// fakeG is memory that detect may take for a g.
type fakeG [searchLimit / 8]uint64

func (g *fakeG) pointer() unsafe.Pointer { return unsafe.Pointer(g) }

func (g *fakeG) set(off uintptr, word uint64) *fakeG {
	g[off/8] = word
	return g
}

func (g *fakeG) setStatus(off uintptr, status uint32) *fakeG {
	*(*uint32)(unsafe.Add(g.pointer(), off)) = status
	return g
}

// through sieves gs that have the IDs 1, 2 and so on.
func through(known uintptr, gs ...*fakeG) Layout {
	candidates := everyOffset()
	for i, g := range gs {
		candidates = sieve(candidates, g.pointer(), uint64(i+1))
	}
	return choose(candidates, known)
}

func TestSieveFindsTheGoidWhereverItIs(t *testing.T) {
	for off := uintptr(8); off < searchLimit; off += 8 {
		gs := make([]*fakeG, 2)
		for i := range gs {
			gs[i] = new(fakeG).set(off, uint64(i+1)).setStatus(off-statusDistance, statusRunning)
		}
		assert.Equal(t, Layout{Known, off, off - statusDistance}, through(off, gs...))
		assert.Equal(t, Layout{Searched, off, off - statusDistance}, through(off+8, gs...))
	}
}

// The flags of the first g are 1 by chance, as its ID is, and have no status in
// front. That says nothing about the goid.
func TestSieveKeepsTheStatusWhenAnotherWordLooksLikeTheID(t *testing.T) {
	gs := []*fakeG{
		new(fakeG).set(160, 1).setStatus(152, statusRunning).set(40, 1),
		new(fakeG).set(160, 2).setStatus(152, statusRunning),
	}
	assert.Equal(t, Layout{Known, 160, 152}, through(160, gs...))
}

func TestSieveIgnoresTheScanBit(t *testing.T) {
	gs := []*fakeG{
		new(fakeG).set(160, 1).setStatus(152, statusScanBit|statusRunning),
		new(fakeG).set(160, 2).setStatus(152, statusRunning),
	}
	assert.Equal(t, Layout{Known, 160, 152}, through(160, gs...))
}

func TestSieveHasNoStatusUnlessEachGShowsRunning(t *testing.T) {
	for status := range uint32(16) {
		if status == statusRunning {
			continue
		}
		for odd := range 2 {
			gs := []*fakeG{
				new(fakeG).set(160, 1).setStatus(152, statusRunning),
				new(fakeG).set(160, 2).setStatus(152, statusRunning),
			}
			gs[odd].setStatus(152, status)
			assert.Equal(t, Layout{Known, 160, 0}, through(160, gs...), "status %d of g %d", status, odd)
		}
	}
}

func TestSieveRefusesAGoidAtOffsetZero(t *testing.T) {
	gs := []*fakeG{new(fakeG).set(0, 1), new(fakeG).set(0, 2)}
	assert.Equal(t, Layout{}, through(0, gs...))
	assert.Equal(t, Layout{}, through(160, gs...))
}

func TestSieveStaysInsideTheLimit(t *testing.T) {
	for _, c := range everyOffset() {
		assert.LessOrEqual(t, c.offset+8, uintptr(searchLimit))
		assert.GreaterOrEqual(t, c.offset, uintptr(statusDistance), "its status lies before the g")
		assert.Zero(t, c.offset%8, "an unaligned load is not atomic")
	}
	assert.Len(t, everyOffset(), searchLimit/8-1, "all but 0")
}
