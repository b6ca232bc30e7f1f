package g

import (
	"runtime"
	"sync"
	"time"
)

const (
	// A goid follows a status at this distance (atomicstatus and stackLock, 32 bits
	// each), in every release since Go 1.5.
	statusDistance = 8

	statusRunning = 2
	statusWaiting = 4
	statusDead    = 6
	statusScanBit = 0x1000 // the collector is scanning the stack; the state is in the other bits
)

// statusLiesAt reports whether the status lies at an offset and has the numbers that
// we know: running on a goroutine that runs, and dead on the same one when a
// traceback does not list it any more. Its g must then still have the start function.
// With a release that renumbers the states, or that clears more of a dead g, we take
// tracebacks instead, and no store is lost.
//
// That no other state has the number of the dead needs no check: the states are one
// enumeration, and the runtime itself recognizes a dead g by it.
func statusLiesAt(offset, start uintptr) bool {
	for range maxReused {
		var g uintptr
		var id uint64
		running := false
		var done sync.WaitGroup
		done.Add(1)
		go func() {
			defer done.Done()
			g, id = Self()
			running = isRunning(g, offset)
		}()
		done.Wait()
		if !running || !ends(g, id, offset) {
			return false
		}
		dead := word32(g, offset) == statusDead && Word(g, start) != 0
		if uint64(Word(g, goidOffset)) == id {
			return dead
		}
		// Another goroutine has the g already.
	}
	return false
}

// maxReused limits how many witnesses may have their g reused before it is read.
const maxReused = 10

func isRunning(g, offset uintptr) bool {
	return word32(g, offset)&^statusScanBit == statusRunning
}

// patience is how long a check waits for another goroutine. On a loaded machine the thread
// of that goroutine may be descheduled for long.
const patience = 200 * time.Millisecond

// ends waits for the end of a goroutine whose function has returned, and reports
// whether a traceback confirms it. It takes tracebacks, which stop the program, only
// when the status has changed.
func ends(g uintptr, id uint64, offset uintptr) bool {
	for start := time.Now(); time.Since(start) < patience; {
		runtime.Gosched()
		if isRunning(g, offset) {
			continue
		}
		ids, ok := listed()
		if !ok {
			return false
		}
		if _, lives := ids[id]; !lives {
			return true
		}
	}
	return false
}

// Waits reports whether the goroutine with this g and ID is parked: it waits for a
// channel, a lock, a timer or the network. It returns false where that is not known.
func Waits(g uintptr, id uint64) bool {
	return waitingKnown() && word32(g, known.status)&^statusScanBit == statusWaiting && uint64(Word(g, goidOffset)) == id
}

// waitingKnown reports whether goroutines that are parked have the status that we know.
// The first call checks, because only inspectors and tests need it.
var waitingKnown = sync.OnceValue(func() bool {
	for range witnesses {
		if !StatusKnown() || !parkedShows(statusWaiting) {
			return false
		}
	}
	return true
})

// parkedShows reports whether a goroutine that parks gets this status.
func parkedShows(status uint32) bool {
	parking, resume := make(chan uintptr), make(chan struct{})
	defer close(resume)
	go func() {
		parking <- own()
		<-resume
	}()
	g := <-parking
	for start := time.Now(); time.Since(start) < patience; runtime.Gosched() {
		if word32(g, known.status)&^statusScanBit == status {
			return true
		}
	}
	return false
}
