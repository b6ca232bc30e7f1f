package hooks_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// The runtime runs many cleanups on one goroutine, and the race detector takes each of
// them for a goroutine of its own. With this package linked, als.Go makes a record also in
// a goroutine without stores.
func TestCleanupsThatStartGoroutinesDoNotRace(t *testing.T) {
	const cleanups = 100
	var ran atomic.Int64
	var started sync.WaitGroup
	for range cleanups {
		started.Add(1)
		runtime.AddCleanup(new([64]*int), func(int) {
			als.Go(started.Done)
			ran.Add(1)
		}, 0)
	}
	testkit.Eventually(t, "all cleanups ran", func() bool { runtime.GC(); return ran.Load() == cleanups })
	started.Wait()
}
