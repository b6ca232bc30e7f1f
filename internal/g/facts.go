package g

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Facts are read from a g, without a traceback. Those that are unknown are zero.
type Facts struct {
	// State is "running", "runnable or in a system call", or what the goroutine waits for,
	// such as "chan receive". It is "waiting" if that has no name yet (see [NameReason]).
	State string

	Function  uintptr // the function that the goroutine was started with
	Statement uintptr // the address behind the go statement, as runtime.CallersFrames takes it
	Creator   uint64  // the goroutine that executed it
}

// FactsOf returns the facts in the g of the goroutine with this ID. ok is false if they
// are unknown or the g has another goroutine by now. It does not stop the program: each
// fact is one load, and the state may have changed since.
func FactsOf(gp uintptr, id uint64) (f Facts, ok bool) {
	if gp == 0 || !waitingKnown() {
		return Facts{}, false
	}
	// The other fields do not change while one goroutine runs on the g, and the ID is
	// loaded again after them.
	o := origins()
	f = Facts{Function: Word(gp, known.start), Statement: wordIfKnown(gp, o.statement), Creator: uint64(wordIfKnown(gp, o.creator))}
	f.State = stateOf(gp)
	return f, uint64(Word(gp, goidOffset)) == id
}

func wordIfKnown(gp, offset uintptr) uintptr {
	if offset == 0 {
		return 0
	}
	return Word(gp, offset)
}

func stateOf(gp uintptr) string {
	switch word32(gp, known.status) &^ statusScanBit {
	case statusRunning:
		return "running"
	case statusWaiting:
		if name := reasonNames[reasonIn(gp)].Load(); name != nil {
			return *name
		}
		return "waiting"
	default:
		return "runnable or in a system call"
	}
}

// reasonNames has the names of the numbers in a g that say what a goroutine waits for.
// The numbers depend on the release. They are learnt from goroutines whose reason is
// known.
var reasonNames [1 << 8]atomic.Pointer[string]

// reasonIn returns the number in a g, 0 if it is not known where that is.
func reasonIn(gp uintptr) uint8 {
	if offset := reasonOffset(); offset != 0 {
		return byteAt(gp, offset)
	}
	return 0
}

// NameReason gives a name to what the goroutine with this g and ID waits for: name is
// what a traceback calls it. It does nothing unless the goroutine is parked.
func NameReason(gp uintptr, id uint64, name string) {
	if !Waits(gp, id) {
		return
	}
	if reason := reasonIn(gp); reason != 0 && Waits(gp, id) {
		reasonNames[reason].CompareAndSwap(nil, &name)
	}
}

// reasonOffset returns where a g has the number, 0 if that is not found. The first call
// searches, because only inspectors need it. The goroutines that it starts have ended
// when it returns.
var reasonOffset = sync.OnceValue(findReason)

// A wait is a way to park a goroutine, and to resume it.
type wait struct {
	name         string
	park, resume func()
}

// findReason looks for the byte that is equal in goroutines that wait for the same thing
// and different in those that wait for another. Goroutines with the same wait have
// stacks of different depths, so that no byte of a saved stack pointer qualifies.
func findReason() uintptr {
	if !waitingKnown() {
		return 0
	}
	received, selected, sent := make(chan bool), make(chan bool), make(chan bool)
	var locked sync.Mutex
	locked.Lock()
	waits := []wait{
		{"chan receive", func() { <-received }, func() { received <- true }},
		{"chan send", func() { sent <- true }, func() { <-sent }},
		{"sync.Mutex.Lock", locked.Lock, locked.Unlock},
		{"select", func() {
			select {
			case <-selected:
			case <-received:
			}
		}, func() { selected <- true }},
	}
	seen := make([][searchLimit]uint8, len(waits)) // by each wait, 0 where its goroutines differ
	for i, w := range waits {
		for depth := range witnesses {
			bytes, ok := bytesWhileParked(w, depth)
			if !ok {
				return 0
			}
			for offset, b := range bytes {
				if depth > 0 && seen[i][offset] != b {
					b = 0
				}
				seen[i][offset] = b
			}
		}
	}
	return learnReasons(waits, seen)
}

// learnReasons returns the only offset at which the bytes tell the waits apart, 0 if there is
// none or more than one. It names the numbers there.
func learnReasons(waits []wait, seen [][searchLimit]uint8) uintptr {
	var found uintptr
	for offset := range uintptr(searchLimit) {
		if !tellApart(seen, offset) {
			continue
		}
		if found != 0 {
			return 0 // it may be either
		}
		found = offset
	}
	if found == 0 {
		return 0
	}
	for i, w := range waits {
		reasonNames[seen[i][found]].CompareAndSwap(nil, &w.name)
	}
	return found
}

// tellApart reports whether the bytes at an offset are all different, and none is 0.
func tellApart(seen [][searchLimit]uint8, offset uintptr) bool {
	for i := range seen {
		if seen[i][offset] == 0 {
			return false
		}
		for j := range i {
			if seen[i][offset] == seen[j][offset] {
				return false
			}
		}
	}
	return true
}

// bytesWhileParked returns the first bytes of the g of a goroutine in w.park, and false if the
// goroutine was not seen parked.
func bytesWhileParked(w wait, depth int) (bytes [searchLimit]uint8, ok bool) {
	const patience = time.Second // the thread may be descheduled for a while
	WhileParked(patience, func() { below(depth, w.park) }, w.resume, func(gp uintptr, id uint64) bool {
		for offset := range bytes {
			bytes[offset] = byteAt(gp, uintptr(offset))
		}
		ok = Waits(gp, id)
		return ok
	})
	return bytes, ok
}

// WhileParked starts a goroutine that calls park. While that is parked, it calls look
// with its g and ID, until look returns true or patience has passed. Then it calls
// resume, which must end park, and waits for the end of park.
func WhileParked(patience time.Duration, park, resume func(), look func(gp uintptr, id uint64) (done bool)) {
	type self struct {
		g  uintptr
		id uint64
	}
	started, ended := make(chan self), make(chan bool)
	go func() {
		gp, id := Self()
		started <- self{gp, id}
		park()
		close(ended)
	}()
	s := <-started
	for start := time.Now(); time.Since(start) < patience; {
		if Waits(s.g, s.id) && look(s.g, s.id) {
			break
		}
		runtime.Gosched()
	}
	resume()
	<-ended
}

// below calls f with depth more frames on the stack.
//
//go:noinline
func below(depth int, f func()) {
	if depth > 0 {
		below(depth-1, f)
		return
	}
	f()
}

// byteAt returns a byte of a g, by an atomic load of the word that it is in.
func byteAt(gp, offset uintptr) uint8 {
	word := word32(gp, offset&^3)
	return (*[4]uint8)(unsafe.Pointer(&word))[offset&3] // by address, so right for both byte orders
}
