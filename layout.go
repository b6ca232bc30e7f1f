package goroutine

import "sync"

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
	layout = detect(knownGoidOffset, tracebackID)
	goidOffset = layout.GoidOffset
}

const (
	// searchLimit bounds the search. A g is 440 bytes or more in every release
	// since 1.24, so a read below this limit stays inside it.
	searchLimit = 384

	// A goid that follows a status lies this far behind it (atomicstatus and
	// stackLock, 32 bits each), in every release since Go 1.5.
	statusDistance = 8

	statusRunning   = 2
	statusDead      = 6
	statusDeadExtra = 11     // from Go 1.26: the g of an extra M, between two callbacks from C
	statusScanBit   = 0x1000 // the collector is scanning the stack; the state is in the other bits
)

// witnesses is how many goroutines an offset must be right for. Two would do: no
// other word of a g follows the ID of both. The third costs a microsecond.
const witnesses = 3

// detect returns the layout of a g. It is told the offset to try first and the
// oracle for IDs, so that tests can hand it wrong ones.
func detect(known uintptr, oracle func() uint64) Layout {
	if !hasAssembly {
		return Layout{}
	}
	candidates := make([]uintptr, 0, searchLimit/8)
	for off := uintptr(0); off < searchLimit; off += 8 {
		candidates = append(candidates, off)
	}
	// Each witness keeps the offsets that show its own ID. The goroutines end
	// here; nothing runs in the background after init.
	statusFits := true
	witness := func() {
		g, id := getg(), oracle()
		kept := candidates[:0]
		for _, off := range candidates {
			if id != 0 && readWord(g, off) == id {
				kept = append(kept, off)
			}
		}
		candidates = kept
		for _, off := range kept {
			statusFits = statusFits && off >= statusDistance && readStatus(g, off-statusDistance) == statusRunning
		}
	}
	witness()
	for range witnesses - 1 {
		var done sync.WaitGroup
		done.Add(1)
		go func() {
			defer done.Done()
			witness()
		}()
		done.Wait()
	}
	if len(candidates) == 0 {
		return Layout{}
	}
	found := Layout{Source: Searched, GoidOffset: candidates[0]}
	for _, off := range candidates {
		if off == known {
			found = Layout{Source: Known, GoidOffset: known}
		}
	}
	if found.GoidOffset == 0 {
		// Offset 0 means "not known" to the assembly. The stack bounds lie
		// there; a g that starts with its ID is not one that we understand.
		return Layout{}
	}
	if statusFits {
		found.StatusOffset = found.GoidOffset - statusDistance
	}
	return found
}
