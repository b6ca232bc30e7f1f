//go:build !race

package async

import (
	"sync/atomic"
	"unsafe"
)

// seemsToHold looks at a record that belongs to another goroutine, without any order
// between the two. What it reads may be out of date by the time that it is used; it
// must not be read out of bounds. An array of cells keeps its length, so it is enough
// that pointer and mask belong together, which they do if both are the same when read
// again: for anything else the owner would have to go back and forth between two
// contexts in between the four loads.
func (r *Record) seemsToHold() bool {
	load := func() (*Cell, uint32) {
		return (*Cell)(atomic.LoadPointer((*unsafe.Pointer)(unsafe.Pointer(&r.cells)))), atomic.LoadUint32(&r.mask)
	}
	for range 100 {
		cells, mask := load()
		if again, m := load(); again != cells || m != mask {
			continue
		}
		for _, c := range unsafe.Slice(cells, arraySize(mask)) {
			if !c.token.isClaim() && !registry.unknown(c.token) && !registry.stale(c.token) {
				return true
			}
		}
		return false
	}
	return true // it is busy with contexts
}

// unknown reports whether a token is none that was given out: on 32 bits one can be
// read while it is written.
func (ks *keys) unknown(t Token) bool { return int(t.index()) >= len(*ks.tokens.Load()) }
