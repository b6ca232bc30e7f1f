package goroutine

import (
	"slices"
	"sync"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// A Source says how this process learns the ID of a goroutine.
type Source uint8

const (
	// Fallback: through petermattis/goid, because there is no assembly for this
	// platform or the layout of a g was not recognized.
	Fallback Source = iota
	// Known: from the offset that is known for this Go release.
	Known
	// Searched: from an offset that was found at init, because the known one
	// did not fit. Everything works; a newer release of this module may know it.
	Searched
)

// String returns "fallback", "known" or "searched".
func (s Source) String() string {
	switch s {
	case Known:
		return "known"
	case Searched:
		return "searched"
	}
	return "fallback"
}

// A Layout is the result of the checks that init makes of the runtime's g.
type Layout struct {
	// Source says where IDs come from.
	Source Source
}

// Identity returns the result of the checks at init. A program that depends on
// the speed of the assembly can check that the Source is not [Fallback].
func Identity() Layout { return layout }

var (
	layout Layout

	// goidOffset is the offset of the goid in a g in bytes; 0 sends the assembly to
	// the slow twin. Written once, by init, before a package that imports this one
	// can call it.
	goidOffset uintptr
)

func init() {
	mustShowIDs(tracebackID)
	goidOffset, layout.Source = detect(knownGoidOffset, tracebackID)
	if layout.Source == Fallback {
		fallbackID = chooseFallback(goidID)
	}
	g.Use(goidOffset, ID)
}

// mustShowIDs panics if tracebacks show no IDs. Without them nothing can be
// checked, and two goroutines could be taken for one.
func mustShowIDs(oracle func() uint64) {
	if oracle() == 0 {
		panic("goroutine: tracebacks of this Go release show no goroutine IDs")
	}
}

// witnesses is how many goroutines an offset must be right for. Two would do: no
// other word of a g follows the ID of both. The third costs a microsecond.
const witnesses = 3

// eachWitness calls f on the calling goroutine and on new ones, one after
// another. They end here; nothing runs in the background after init.
func eachWitness(f func()) {
	f()
	for range witnesses - 1 {
		var done sync.WaitGroup
		done.Add(1)
		go func() {
			defer done.Done()
			f()
		}()
		done.Wait()
	}
}

// sameIDs reports whether id and oracle return the same on each witness.
func sameIDs(id, oracle func() uint64) bool {
	same := true
	eachWitness(func() { same = same && id() == oracle() })
	return same
}

// detect returns the offset of the goid in a g and how it was found. The offset to try
// first and the oracle for IDs are parameters, so that tests can pass wrong ones.
func detect(known uintptr, oracle func() uint64) (offset uintptr, source Source) {
	if !hasAssembly {
		return 0, Fallback
	}
	offsets := g.NewSieve()
	lastID := uint64(0) // no goroutine has it
	eachWitness(func() {
		id := oracle()
		if id == lastID {
			// An oracle that cannot tell goroutines apart would lead us to a
			// word that is the same in each, such as the status.
			offsets = nil
		}
		offsets = offsets.Keep(Pointer(), uintptr(id))
		lastID = id
	})
	return choose(offsets, known)
}

// choose returns the known offset if it fits, else the lowest that does.
func choose(offsets g.Sieve, known uintptr) (offset uintptr, source Source) {
	switch {
	case len(offsets) == 0:
		return 0, Fallback
	case slices.Contains(offsets, known):
		return known, Known
	}
	return offsets[0], Searched
}
