package g

import (
	"reflect"
	"runtime"
	"sync"
)

// A layout says where the fields lie in a g, with 0 for a field that is unknown.
type layout struct {
	status uintptr // 0 unless its numbers are those that Census knows
	start  uintptr // the address of the function that the goroutine was started with
}

// Written once, by Use, which the init of package goroutine calls before any package
// that imports it can read them.
var (
	// goidOffset is the offset of the goid. The assembly reads it.
	goidOffset uintptr

	known layout
	ownID = func() uint64 { panic("internal/g: the program does not link package goroutine") }
)

// Use initializes the package. Package goroutine calls it at init with the offset of
// the goid, 0 where it is not known, and with its function ID.
func Use(offset uintptr, id func() uint64) {
	goidOffset, ownID = offset, id
	known = find()
}

// GoidOffset returns where a g has the goroutine's ID, 0 if that is not known.
func GoidOffset() uintptr { return goidOffset }

// StatusKnown reports whether a g says if its goroutine is alive. Where it does not,
// a [Census] takes tracebacks.
func StatusKnown() bool { return known.status != 0 }

// find searches for the fields of a layout.
func find() (l layout) {
	if goidOffset == 0 {
		return layout{}
	}
	if l.start = findStart(); l.start != 0 && statusLiesAt(goidOffset-statusDistance, l.start) {
		l.status = goidOffset - statusDistance
	}
	return l
}

// own returns the caller's g, 0 if it is not known.
func own() uintptr {
	g, _ := Self()
	return g
}

// findStart returns the offset of the start function in a g, 0 if that is not found.
// Three functions look for their own address in the gs that were started with them.
// They yield first, after which no saved register has the address any more.
func findStart() uintptr {
	s := NewSieve()
	var function uintptr
	var done sync.WaitGroup
	look := func() {
		defer done.Done()
		runtime.Gosched()
		s = s.KeepOwn(function)
	}
	first := func() { look() }
	second := func() { look(); runtime.KeepAlive(&function) }
	third := func() { look(); runtime.KeepAlive(&s) }
	for _, f := range []func(){first, second, third} {
		function = reflect.ValueOf(f).Pointer()
		done.Add(1)
		go f()
		done.Wait()
	}
	return s.Only()
}

// witnesses is how many goroutines must show what is expected of a field.
const witnesses = 3

// onNew runs f on new goroutines, one after another, and reports whether it always
// returned true.
func onNew(f func() bool) bool {
	all := true
	for range witnesses {
		var done sync.WaitGroup
		done.Add(1)
		go func() {
			defer done.Done()
			all = f() && all
		}()
		done.Wait()
	}
	return all
}
