package als_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// 10^5 goroutines start at once, so that the table grows under all of them. Each has its
// own stores from its first to its last instruction.
func TestStoresOf100000GoroutinesParkedAtOnce(t *testing.T) {
	n := testkit.ScaledByG(t, 100_000)
	var s als.Storage[int]
	var other als.Storage[string]
	var wrong atomic.Int64
	var parked, done sync.WaitGroup
	gate := make(chan struct{})
	check := func(i int) {
		if got, ok := s.GetStore(); !ok || got != i || other.Get() != "shared" {
			wrong.Add(1)
		}
	}
	var shared als.ExecutionContext
	other.Run("shared", func() { shared = als.Snapshot() })
	for i := range n {
		parked.Add(1)
		done.Add(1)
		work := func() {
			check(i)
			parked.Done()
			<-gate
			check(i)
		}
		switch i % 4 {
		case 0:
			go func() { defer done.Done(); shared.Run(func() { s.Run(i, work) }) }()
		case 1:
			shared.Go(func() { defer done.Done(); s.EnterWith(i); work() })
		case 2:
			shared.Run(func() { s.Run(i, func() { als.Go(func() { defer done.Done(); work() }) }) })
		case 3:
			go func() {
				defer done.Done()
				other.EnterWith("shared") // left behind
				s.WithScope(i)
				work()
			}()
		}
	}
	parked.Wait()
	runtime.GC() // and a sweep, with all of them alive
	if got, ok := s.GetStore(); ok {
		t.Errorf("the test's goroutine has the store %d, want none", got)
	}
	close(gate)
	done.Wait()
	if wrong.Load() != 0 {
		t.Errorf("%d of %d reads were wrong", wrong.Load(), 2*n)
	}
	runtime.GC()
	for range 1000 { // on the gs of those above, before and after the next sweep
		testkit.InGoroutine(func() { wantNone(t, &s); wantNone(t, &other) })
	}
}

func TestAMillionGoroutinesWithARunEach(t *testing.T) {
	n := testkit.ScaledByG(t, 1_000_000)
	var s als.Storage[int]
	var wrong atomic.Int64
	const atOnce = 10_000
	for first := 0; first < n; first += atOnce {
		var wg sync.WaitGroup
		for i := first; i < min(n, first+atOnce); i++ {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, ok := s.GetStore(); ok {
					wrong.Add(1)
				}
				s.Run(i, func() {
					runtime.Gosched()
					if got, ok := s.GetStore(); !ok || got != i {
						wrong.Add(1)
					}
				})
				if _, ok := s.GetStore(); ok {
					wrong.Add(1)
				}
				if i%8 == 0 {
					s.EnterWith(i) // left behind
				}
			}()
		}
		wg.Wait()
	}
	if wrong.Load() != 0 {
		t.Errorf("%d of %d reads were wrong", wrong.Load(), 3*n)
	}
}

// Goroutines capture, run in captured contexts, and leave stores behind while sweeps run
// without pause: one follows each collection.
func TestCaptureWhileSweepsRun(t *testing.T) { testkit.UnderGC(func() { captureOnManyGoroutines(t) }) }

func captureOnManyGoroutines(t *testing.T) {
	var s, other als.Storage[int]
	var workers sync.WaitGroup
	for w := range 4 {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range testkit.ScaledByG(t, 2000) {
				mine := w<<24 | i
				done := make(chan struct{})
				go func() { // mostly on a reused g
					defer close(done)
					if got, ok := s.GetStore(); ok {
						t.Errorf("a new goroutine has the store %#x, want none", got)
					}
					s.EnterWith(mine)
					other.EnterWith(mine + 1)
					c := als.Snapshot()
					testkit.Through(c.Go, func() {
						if s.Get() != mine || other.Get() != mine+1 {
							t.Errorf("got %#x and %#x, want %#x and %#x", s.Get(), other.Get(), mine, mine+1)
						}
					})
					other.Run(0, func() {
						c.Run(func() {
							if s.Get() != mine || other.Get() != mine+1 {
								t.Errorf("got %#x and %#x, want %#x and %#x", s.Get(), other.Get(), mine, mine+1)
							}
						})
					})
				}()
				<-done
			}
		}()
	}
	workers.Wait()
}
