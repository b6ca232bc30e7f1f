package gls

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine"
)

// reduction is what counts are divided by under the race detector, with -short,
// which is for emulators, and, squared, where a sweep has to read tracebacks.
const reduction = 10

// scaled is n or less.
func scaled(t testing.TB, n int) int {
	t.Helper()
	full := n
	if testing.Short() {
		n /= reduction
	}
	if raceEnabled {
		n /= reduction
	}
	if !knowsG() {
		n /= reduction * reduction
	}
	n = max(n, min(full, 10))
	if n < full {
		t.Logf("reduced: %d instead of %d", n, full)
	}
	return n
}

// atOnce is scaled for goroutines that live at the same time. The race detector
// can follow 8128.
func atOnce(t testing.TB, n int) int {
	t.Helper()
	n = scaled(t, n)
	if raceEnabled && n > 5000 {
		t.Logf("reduced: 5000 instead of %d", n)
		n = 5000
	}
	return n
}

// knowsG says whether goroutines can be asked through their g, the fast way.
func knowsG() bool { return goroutine.Identity().StatusOffset != 0 }

// eventually waits for what the runtime does in its own time.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for start := time.Now(); !cond(); runtime.Gosched() {
		if time.Since(start) > time.Minute {
			t.Fatalf("after a minute, still not: %s", what)
		}
	}
}

// eventuallyCollected is eventually with a garbage collection before every look.
func eventuallyCollected(t testing.TB, what string, cond func() bool) {
	t.Helper()
	eventually(t, what, func() bool { runtime.GC(); return cond() })
}

// collect is one garbage collection and the cleanups that it queued: a cleanup
// made before it has run, and so have, most likely, the sweeps.
func collect(t testing.TB) {
	t.Helper()
	ran := make(chan struct{})
	func() {
		runtime.AddCleanup(&struct{ _ *int }{}, func(ran chan struct{}) { close(ran) }, ran)
	}()
	runtime.GC()
	eventually(t, "cleanups run", func() bool {
		select {
		case <-ran:
			return true
		default:
			return false
		}
	})
}

// inGoroutine runs f on a new goroutine and waits until it has ended.
func inGoroutine(f func()) {
	var done sync.WaitGroup
	done.Add(1)
	go func() { defer done.Done(); f() }()
	done.Wait()
}

// park starts n goroutines that each call f and then wait.
func park(n int, f func(i int)) (release func()) {
	wait := make(chan struct{})
	var ready, done sync.WaitGroup
	ready.Add(n)
	done.Add(n)
	for i := range n {
		go func() {
			defer done.Done()
			f(i)
			ready.Done()
			<-wait
		}()
	}
	ready.Wait()
	return func() { close(wait); done.Wait() }
}
