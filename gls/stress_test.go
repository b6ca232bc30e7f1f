package gls

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// Goroutines store all at once into a table that has to grow meanwhile.
func TestManyStartAtOnce(t *testing.T) {
	n := testkit.AtOnce(t, 100_000)
	for _, sweeps := range []bool{false, true} {
		var table Table[uint64]
		var wrong atomic.Int64
		wait := make(chan struct{})
		var waiting, stored sync.WaitGroup
		waiting.Add(n)
		stored.Add(n)
		leave := make(chan struct{})
		var done sync.WaitGroup
		done.Add(n)
		for range n {
			go func() {
				defer done.Done()
				waiting.Done()
				<-wait
				id := goroutine.ID()
				table.Store(&id)
				if v := table.Load(); v != &id {
					wrong.Add(1)
				}
				stored.Done()
				<-leave
				if v := table.Load(); v != &id {
					wrong.Add(1)
				}
			}()
		}
		waiting.Wait()
		close(wait)
		if sweeps {
			for range 5 {
				runtime.GC()
			}
		}
		stored.Wait()
		require.Equal(t, n, table.Len())
		close(leave)
		done.Wait()
		require.Zero(t, wrong.Load())
	}
}

// Goroutines take over the entries of exited ones, and All never yields an old value
// with a new ID. That fault needs a goroutine that is descheduled between two
// instructions, hence more threads than CPUs.
func TestAllAgainstTakeOver(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	n := testkit.ScaledByG(t, 100_000)
	var table Table[uint64]
	var stopped atomic.Bool
	var looking, done sync.WaitGroup
	for range 2 {
		looking.Add(1)
		go func() {
			defer looking.Done()
			for !stopped.Load() {
				runtime.Gosched() // or nothing else runs on one thread, as in wasm
				for id, v := range table.All() {
					if *v != id {
						t.Errorf("All yields goroutine %d with the value of goroutine %d", id, *v)
					}
				}
			}
		}()
	}
	for range 4 {
		done.Add(1)
		go func() {
			defer done.Done()
			for range n {
				testkit.InGoroutine(func() {
					id := goroutine.ID()
					table.Store(&id)
				})
			}
		}()
	}
	done.Wait()
	stopped.Store(true)
	looking.Wait()
}

// Collections, sweeps, growth and shrinking happen while goroutines start, exit, and
// leave values or delete them.
func TestEverythingAtOnce(t *testing.T) {
	var table Table[uint64]
	var local Local[uint64]
	stop := make(chan struct{})
	var background sync.WaitGroup
	for _, f := range []func(){
		runtime.GC,
		func() { table.Len() },
		func() {
			for id, v := range table.All() {
				if *v != id {
					t.Errorf("All yields goroutine %d with the value of goroutine %d", id, *v)
				}
			}
		},
	} {
		background.Add(1)
		go func() {
			defer background.Done()
			for !testkit.Closed(stop) {
				f()
				runtime.Gosched()
			}
		}()
	}
	bursts := testkit.ScaledByG(t, 200)
	for range bursts {
		var done sync.WaitGroup
		for range 1 + rand.IntN(1000) {
			choice := rand.IntN(16)
			done.Add(1)
			go func() {
				defer done.Done()
				id := goroutine.ID()
				if v, ok := local.Get(); ok || v != 0 || table.Load() != nil {
					t.Errorf("a new goroutine finds the value of %d", v)
				}
				for range choice % 4 {
					table.Store(&id)
					local.Set(id)
					runtime.Gosched()
					if v, ok := local.Get(); !ok || v != id || table.Load() != &id {
						t.Errorf("goroutine %d finds the value of %d", id, v)
					}
					if choice < 8 {
						table.Delete()
						local.Delete()
						if _, ok := local.Get(); ok || table.Load() != nil {
							t.Errorf("goroutine %d finds what it deleted", id)
						}
					}
				}
			}()
		}
		done.Wait()
	}
	close(stop)
	background.Wait()
	testkit.Eventually(t, "no entries are left", func() bool { return table.Len() == 0 && local.table.Len() == 0 })
}
