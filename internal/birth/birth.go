// Package birth reads what the runtime's g says about how its goroutine began:
// which function it was started with, by which go statement of which goroutine, and
// where it has its profiler labels.
//
// The fields are found, not assumed. The function's address is searched for in g's
// whose functions are known; the others lie at fixed distances from it in all
// releases from Go 1.24 on, and are checked on g's whose answers are known. What
// does not fit is unknown, and the zero answers say so.
package birth

import (
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine"
)

// Distances in words from the field with the function's address.
const (
	wordsToParent      = -3
	wordsToGoStatement = -2
	wordsToLabels      = 6
)

// searchLimit bounds the search of a g, as in the root package: a g is 440 bytes
// or more in every release since 1.24.
const searchLimit = 384

const wordSize = unsafe.Sizeof(uintptr(0))

// offsets says where the fields lie in a g. 0 is unknown; no field lies there.
type offsets struct{ entry, parent, statement, labels uintptr }

// known is worked out once, by goroutines that have ended then.
var known = sync.OnceValue(find)

// Entry returns the address of the function that the caller's goroutine was started
// with, 0 if that is unknown. Go statements with arguments start a wrapper.
func Entry() uintptr { return word(known().entry) }

// GoStatement returns the address behind the go statement that started the caller's
// goroutine, as runtime.CallersFrames takes it, and the ID of the goroutine that
// executed it. Both are 0 if they are unknown.
func GoStatement() (pc uintptr, parent uint64) {
	k := known()
	return word(k.statement), uint64(word(k.parent))
}

// LabelsOffset returns where a g has the pointer to its profiler labels, 0 if that
// is unknown.
func LabelsOffset() uintptr { return known().labels }

// word returns a word of the caller's g. Sound because find has found the offset
// within searchLimit, and a g's memory is never freed.
func word(offset uintptr) uintptr {
	g, _ := goroutine.Self()
	if g == nil || offset == 0 {
		return 0
	}
	return atomic.LoadUintptr((*uintptr)(unsafe.Add(g, offset)))
}

// EveryOffset returns where a word can be in a g.
func EveryOffset() []uintptr {
	var all []uintptr
	for offset := wordSize; offset < searchLimit; offset += wordSize {
		all = append(all, offset)
	}
	return all
}

// Sieve keeps those of the offsets at which the caller's g has the word.
func Sieve(candidates []uintptr, value uintptr) []uintptr {
	if g, _ := goroutine.Self(); g == nil {
		return nil
	}
	return slices.DeleteFunc(candidates, func(offset uintptr) bool { return word(offset) != value })
}

// Only returns the one offset that is left of the candidates, else 0.
func Only(candidates []uintptr) uintptr {
	if len(candidates) == 1 {
		return candidates[0]
	}
	return 0
}

func find() offsets {
	if g, _ := goroutine.Self(); g == nil {
		return offsets{}
	}
	at := offsets{entry: findEntry()}
	if at.entry == 0 {
		return offsets{}
	}
	if parent := at.from(wordsToParent); parentLiesAt(parent) {
		at.parent = parent
	}
	if statement := at.from(wordsToGoStatement); statementLiesAt(statement) {
		at.statement = statement
	}
	if labels := at.from(wordsToLabels); labelsKnown && labels < searchLimit && labelsLieAt(labels) {
		at.labels = labels
	}
	return at
}

func (at offsets) from(words int) uintptr { return at.entry + uintptr(words*int(wordSize)) }

// findEntry has functions look for their own addresses in the g's that were started
// with them, after they have been parked, when no saved register has it any more.
func findEntry() uintptr {
	candidates := EveryOffset()
	resume, done := make(chan struct{}), make(chan struct{})
	var self uintptr
	look := func() {
		<-resume
		candidates = Sieve(candidates, self)
		done <- struct{}{}
	}
	first := func() { look() }
	second := func() { look(); runtime.KeepAlive(&self) }
	third := func() { look(); runtime.KeepAlive(done) }
	for _, f := range []func(){first, second, third} {
		self = reflect.ValueOf(f).Pointer()
		go f()
		runtime.Gosched()
		resume <- struct{}{}
		<-done
	}
	return Only(candidates)
}

// onNew runs f in goroutines of its own and reports whether it always said yes.
func onNew(f func() bool) bool {
	all := true
	for range 3 {
		done := make(chan struct{})
		go func() {
			defer close(done)
			all = f() && all
		}()
		<-done
	}
	return all
}

func parentLiesAt(offset uintptr) bool {
	parent := goroutine.ID()
	return onNew(func() bool { return uint64(word(offset)) == parent })
}

func statementLiesAt(offset uintptr) bool {
	starter := runtime.FuncForPC(reflect.ValueOf(onNew).Pointer())
	return onNew(func() bool {
		f := runtime.FuncForPC(word(offset))
		return f != nil && f.Entry() == starter.Entry()
	})
}

// labelsLieAt has a goroutine put labels there, and one that it starts look whether
// the runtime has copied them. Written to is what labelsKnown says is the field.
func labelsLieAt(offset uintptr) bool {
	return onNew(func() bool {
		set := new([3]uintptr) // without labels
		SetLabels(offset, unsafe.Pointer(set))
		here := word(offset)
		copied := onNew(func() bool { return word(offset) == here })
		SetLabels(offset, nil)
		return copied && here == uintptr(unsafe.Pointer(set)) && onNew(func() bool { return word(offset) == 0 })
	})
}

// Labels returns the caller's labels, given their offset. Only the goroutine itself
// reads and writes them; the loads and stores are atomic because g's are used again,
// in an order that the race detector does not see.
func Labels(offset uintptr) unsafe.Pointer {
	g, _ := goroutine.Self()
	return atomic.LoadPointer((*unsafe.Pointer)(unsafe.Add(g, offset)))
}

// SetLabels sets them. It is what the runtime does itself: one store of a pointer,
// with the collector's barrier, into memory that the collector knows as a g.
func SetLabels(offset uintptr, labels unsafe.Pointer) {
	releaseLabels()
	g, _ := goroutine.Self()
	atomic.StorePointer((*unsafe.Pointer)(unsafe.Add(g, offset)), labels)
}
