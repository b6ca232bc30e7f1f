package alsdebug

import (
	"fmt"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/inheritance"
	"github.com/seed-1938943e/goroutine/internal/inspect"
	"github.com/seed-1938943e/goroutine/internal/race"
)

// A moduleReport is the part of a list about the module's own memory and work.
type moduleReport struct {
	Records  int    `json:"records"`  // of goroutines that have or had stores, until a sweep after their end
	Slots    int    `json:"slots"`    // of the table of records
	Sweeps   uint64 `json:"sweeps"`   // of that table, since the program started
	Storages int    `json:"storages"` // in use
	Indexes  int    `json:"indexes"`  // of storages, in use or free for reuse
	Captures int    `json:"captures"` // captured execution contexts that goroutines run in
	Inherit  bool   `json:"inherit"`  // plain go statements carry stores
	Race     bool   `json:"race"`     // it is built with the race detector
	ReadsG   bool   `json:"readsG"`   // the g of this Go release says what its goroutine does
}

func moduleNow(p *inspect.Picture) moduleReport {
	records := async.Records()
	storages, indexes := async.KeysInUse()
	return moduleReport{
		Records: records.Entries, Slots: records.Slots, Sweeps: records.Sweeps,
		Storages: storages, Indexes: indexes, Captures: p.Captured,
		Inherit: inheritance.On(), Race: race.Enabled, ReadsG: g.StatusKnown(),
	}
}

// unseen lists what a picture cannot show, in sentences.
func unseen(p *inspect.Picture) []string {
	notes := []string{
		"The goroutine that serves this page is left out.",
		"The stores of a goroutine that is not parked are a guess, without labels.",
		"Snapshots and bound functions that no goroutine runs in are not counted.",
	}
	if race.Enabled {
		notes = append(notes, "The program is built with the race detector, which lets no goroutine look at the stores of another: "+
			"they are not known.")
	} else if !g.StatusKnown() {
		notes = append(notes, "This Go release or platform does not say which goroutines are parked, "+
			"so there are no labels, and each picture stops the program for a traceback.")
	}
	if p.Stacks == nil {
		notes = append(notes, fmt.Sprintf("There are more than %d goroutines, so there are no stacks "+
			"and it is not known how long they have waited. "+
			"The button takes a traceback, which stops the program for about 6 µs a goroutine.", tracebackLimit))
	}
	if inheritance.On() {
		notes = append(notes, "Goroutines of plain go statements that inherited stores are seen once they have used package als.")
	}
	return notes
}
