package g

import (
	"runtime"
	"sync"
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
// we know: running on goroutines that run, and dead on goroutines that a traceback
// does not list any more. The latter must still show what they were started with.
// A release that renumbers the states, or that clears more of a g when its goroutine
// ends, thus costs tracebacks and no stores.
//
// That no other state has the number of the dead needs no check. The states are one
// enumeration, and the runtime itself tells the dead from the others by it.
func statusLiesAt(offset, start uintptr) bool {
	return onNew(func() bool { return word32(own(), offset)&^statusScanBit == statusRunning }) &&
		deadShow(func(g uintptr) bool {
			return word32(g, offset) == statusDead && Word(g, start) != 0
		})
}

// deadShow reports whether g's whose goroutines have ended are as is says.
func deadShow(is func(g uintptr) bool) bool {
	seen := 0
	for range 10 * witnesses {
		g, id := endedWitness()
		if g == 0 {
			return false
		}
		as := is(g)
		if uint64(Word(g, goidOffset)) != id {
			continue // another goroutine has the g already
		}
		if !as {
			return false
		}
		if seen++; seen == witnesses {
			return true
		}
	}
	return false
}

// endedWitness returns the names of a goroutine that has ended, 0 if no traceback
// says so in time.
func endedWitness() (g uintptr, id uint64) {
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		g, id = Self()
	}()
	done.Wait()
	for range 100 {
		runtime.Gosched()
		if ids, ok := listed(); !ok {
			break
		} else if _, lives := ids[id]; !lives {
			return g, id
		}
	}
	return 0, 0
}

// Waits reports whether the goroutine with this g and ID is parked: it waits for a
// channel, a lock, a timer or the network. It returns false where that is not known.
func Waits(g uintptr, id uint64) bool {
	return waitingKnown() && word32(g, known.status)&^statusScanBit == statusWaiting && uint64(Word(g, goidOffset)) == id
}

// waitingKnown reports whether goroutines that are parked have the status that we know.
// It is found out on first use, because only tests ask.
var waitingKnown = sync.OnceValue(func() bool {
	for range witnesses {
		if !StatusKnown() || !parkedShows(statusWaiting) {
			return false
		}
	}
	return true
})

// parkedShows reports whether a goroutine that is being parked comes to have a status.
func parkedShows(status uint32) bool {
	parking, resume := make(chan uintptr), make(chan struct{})
	defer close(resume)
	go func() {
		parking <- own()
		<-resume
	}()
	g := <-parking
	for range 1000 {
		if word32(g, known.status)&^statusScanBit == status {
			return true
		}
		runtime.Gosched()
	}
	return false
}
