package async

import (
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/table"
)

// Holders returns the IDs of the goroutines, other than the caller's, that hold
// stores. It is for tests that look for what was left behind. It reads other
// goroutines' records without synchronization: the answer is exact for goroutines
// that are parked, a guess for others.
//
// The race detector would report those reads. Under it every goroutine counts that
// has a record: that is in a Run, a context or an async scope, or holds stores.
func Holders() []uint64 {
	type holder struct {
		gp uintptr
		id uint64
	}
	own := goroutine.ID()
	var found []holder
	records.Range(func(e *table.Entry) bool {
		if id, ok := e.Owner(); ok && id != own && of(e).seemsToHold() {
			found = append(found, holder{e.G(), id})
		}
		return true
	})
	var census g.Census
	census.Take() // now, so that it knows all of them
	var ids []uint64
	for _, h := range found {
		if census.Alive(h.gp, h.id) {
			ids = append(ids, h.id)
		}
	}
	return ids
}

// Held returns how many stores the caller holds.
func Held() (n int) {
	r := current()
	if r == nil {
		return 0
	}
	for _, c := range unsafe.Slice(r.cells, arraySize(r.mask)) {
		if !c.token.isClaim() && !registry.stale(c.token) && c.store(c.token) != nil {
			n++
		}
	}
	return n
}

// seemsToHold looks at a record that belongs to another goroutine, without any order
// between the two. What it reads may be out of date by the time that it is used; it
// must not be read out of bounds. An array of cells keeps its length, so it is enough
// that pointer and mask belong together, which they do if both are the same when read
// again: for anything else the owner would have to go back and forth between two
// contexts in between the four loads.
func (r *Record) seemsToHold() bool {
	if race.Enabled {
		return true
	}
	load := func() (*Cell, uint32) {
		return (*Cell)(atomic.LoadPointer((*unsafe.Pointer)(unsafe.Pointer(&r.cells)))), atomic.LoadUint32(&r.mask)
	}
	for range 100 {
		cells, mask := load()
		if again, m := load(); again != cells || m != mask {
			continue
		}
		for i := range unsafe.Slice(cells, arraySize(mask)) {
			t := cellAt(cells, mask, Token(i)<<indexShift, 0).peek()
			if !t.isClaim() && !registry.unknown(t) && !registry.stale(t) {
				return true
			}
		}
		return false
	}
	return true // it is busy with contexts
}

// peek returns the token of a cell that its owner may be writing. It reads nothing
// else of the cell. It loads halves: on 32 bits a cell is not aligned for more.
func (c *Cell) peek() (t Token) {
	from, to := (*[2]uint32)(unsafe.Pointer(&c.token)), (*[2]uint32)(unsafe.Pointer(&t))
	to[0], to[1] = atomic.LoadUint32(&from[0]), atomic.LoadUint32(&from[1])
	return t
}

// unknown reports whether a token is none that was given out: one half can be read
// before it is written and the other after.
func (ks *keys) unknown(t Token) bool { return int(t.index()) >= len(*ks.tokens.Load()) }
