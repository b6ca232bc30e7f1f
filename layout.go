package goroutine

import (
	"sync"
	"unsafe"
)

// A Source says how this process learns the ID of a goroutine.
type Source uint8

const (
	// Fallback: through petermattis/goid, because there is no assembly for this
	// platform or the layout of a g was not recognised.
	Fallback Source = iota
	// Known: from the offset that is known for this Go release.
	Known
	// Searched: from an offset that was found at init, because the known one
	// did not fit. Everything works; a newer release of this module knows it.
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

// A Layout is what the checks at init found out about the runtime's g.
type Layout struct {
	// Source says where IDs come from.
	Source Source
	// GoidOffset is the offset of the goid in a g in bytes, 0 with Fallback.
	GoidOffset uintptr
	// StatusOffset is the offset of the 32-bit status in bytes, 0 if it was not
	// recognised. Liveness is then read from a traceback of all goroutines.
	StatusOffset uintptr
}

// Identity returns what the checks at init found out. A program that depends on
// the speed of the assembly asks for a Source other than [Fallback].
func Identity() Layout { return layout }

var (
	layout Layout

	// goidOffset is layout.GoidOffset for the assembly; 0 sends it to the slow
	// twins. Written once, by init, before any other goroutine of the program.
	goidOffset uintptr
)

func init() {
	mustShowIDs(tracebackID)
	layout = detect(knownGoidOffset, tracebackID)
	goidOffset = layout.GoidOffset
	if layout.Source == Fallback {
		fallbackID = chooseFallback(goidID)
	}
}

// mustShowIDs stops the program where nothing can be checked, rather than take
// two goroutines for one.
func mustShowIDs(oracle func() uint64) {
	if oracle() == 0 {
		panic("goroutine: tracebacks of this Go release show no goroutine IDs")
	}
}

const (
	// searchLimit bounds the search. A g is 440 bytes or more in every release
	// since 1.24, so a read below this limit stays inside it.
	searchLimit = 384

	// A goid that follows a status lies this far behind it (atomicstatus and
	// stackLock, 32 bits each), in every release since Go 1.5.
	statusDistance = 8

	statusRunning = 2
	statusDead    = 6
	statusScanBit = 0x1000 // the collector is scanning the stack; the state is in the other bits
)

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

// agree reports whether two ways to the ID show the same.
func agree(id, oracle func() uint64) bool {
	same := true
	eachWitness(func() { same = same && id() == oracle() })
	return same
}

// detect returns the layout of a g. It is told the offset to try first and the
// oracle for IDs, so that tests can hand it wrong ones.
func detect(known uintptr, oracle func() uint64) Layout {
	if !hasAssembly {
		return Layout{}
	}
	candidates := everyOffset()
	lastID := uint64(0) // which is nobody's
	eachWitness(func() {
		id := oracle()
		if id == lastID {
			// An oracle that cannot tell goroutines apart would lead us to a
			// word that is the same in each, such as the status.
			candidates = nil
		}
		candidates = sieve(candidates, getg(), id)
		lastID = id
	})
	return choose(candidates, known)
}

// A candidate is an offset that has shown the ID of every g so far. hasStatus
// belongs to it alone: a word that equals one ID by chance has no status in front.
type candidate struct {
	offset    uintptr
	hasStatus bool
}

// everyOffset returns where a goid may be. It is not at 0: there are the stack
// bounds, and to the assembly 0 means "not known".
func everyOffset() []candidate {
	all := make([]candidate, 0, searchLimit/8)
	for off := uintptr(statusDistance); off < searchLimit; off += 8 {
		all = append(all, candidate{offset: off, hasStatus: true})
	}
	return all
}

// sieve keeps, in place, the candidates that fit one more g, which must be
// running and have this ID.
func sieve(candidates []candidate, g unsafe.Pointer, id uint64) []candidate {
	kept := candidates[:0]
	for _, c := range candidates {
		if readWord(g, c.offset) != id {
			continue
		}
		c.hasStatus = c.hasStatus && readStatus(g, c.offset-statusDistance) == statusRunning
		kept = append(kept, c)
	}
	return kept
}

// choose prefers the offset that is known, then the lowest.
func choose(candidates []candidate, known uintptr) Layout {
	if len(candidates) == 0 {
		return Layout{}
	}
	found, source := candidates[0], Searched
	for _, c := range candidates {
		if c.offset == known {
			found, source = c, Known
		}
	}
	l := Layout{Source: source, GoidOffset: found.offset}
	if found.hasStatus {
		l.StatusOffset = found.offset - statusDistance
	}
	return l
}
