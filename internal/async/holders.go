package async

import (
	"unsafe"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/table"
)

// Holders returns the IDs of the goroutines, other than the caller's, that hold
// stores. It is for tests that look for what was left behind: it looks at what belongs
// to others, so a goroutine that is busy meanwhile may be counted or not. One that
// does nothing is.
//
// Under the race detector, which lets nobody look, every goroutine counts that has a
// record: that is in a Run, a context or an async scope, or holds stores.
func Holders() []uint64 {
	type holder struct {
		g  unsafe.Pointer
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
	var census goroutine.Census
	census.Take() // now, so that it knows all of them
	var ids []uint64
	for _, h := range found {
		if census.Alive(h.g, h.id) {
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
