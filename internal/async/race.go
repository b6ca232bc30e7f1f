package async

import (
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/race"
)

// Under the race detector a record that holds nothing is removed from the table when
// the last layer has ended. The detector takes every cleanup for a goroutine of its
// own, but the runtime runs many of them on one goroutine. They would use one record
// without an order that the detector can see. In other builds an empty record stays
// for its goroutine's next store, and the functions below are empty.

// RaceEnter counts a layer that begins.
func (r *Record) RaceEnter() {
	if race.Enabled && r.flags&manyLayers != manyLayers {
		r.flags += oneLayer // a count that has reached its maximum stays there, and the record with it
	}
}

// RaceLeave counts a layer that has ended.
func (r *Record) RaceLeave() {
	if race.Enabled {
		if r.flags&manyLayers != manyLayers {
			r.flags -= oneLayer
		}
		r.raceIdle()
	}
}

// raceIdle removes the record from the table if it is not in use.
func (r *Record) raceIdle() {
	if !race.Enabled || r.flags >= oneLayer || r.has(inlineLent) || !r.holdsNothing() || r.asyncScope() != nil {
		return
	}
	records.Remove(&r.Entry)
}

// holdsNothing reports whether the record has cells of its own and nothing in them.
func (r *Record) holdsNothing() bool {
	if r.has(shared) || r.has(scoped) {
		return false
	}
	for _, c := range unsafe.Slice(r.cells, arraySize(r.mask)) {
		if !c.token.IsVacant() {
			return false
		}
	}
	return true
}
