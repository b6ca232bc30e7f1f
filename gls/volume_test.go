package gls

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// This file sorts last, because the runtime keeps the million gs.

// A million goroutines hold values at the same time, which takes 3 GB. Each finds its
// own, and All yields them all.
func TestAMillionGoroutines(t *testing.T) {
	n := testkit.AtOnce(t, 1_000_000)
	// Otherwise the collector scans their stacks again and again.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var table Table[uint64]
	var wrong atomic.Int64
	wait := make(chan struct{})
	var ready, done sync.WaitGroup
	ready.Add(n)
	done.Add(n)
	for range n {
		go func() {
			defer done.Done()
			id := goroutine.ID()
			if table.Load() != nil {
				wrong.Add(1)
			}
			table.Store(&id)
			if table.Load() != &id {
				wrong.Add(1)
			}
			ready.Done()
			<-wait
			if table.Load() != &id {
				wrong.Add(1)
			}
		}()
	}
	ready.Wait()
	runtime.GC()
	require.Equal(t, n, table.Len())
	for id, v := range table.All() {
		if *v != id {
			t.Fatalf("All yields goroutine %d with the value of goroutine %d", id, *v)
		}
	}
	close(wait)
	done.Wait()
	require.Zero(t, wrong.Load())
	testkit.Eventually(t, "no entries are left", func() bool { return table.Len() == 0 })
}
