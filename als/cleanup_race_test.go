package als_test

import (
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// The runtime runs many cleanups on one goroutine, and the race detector takes
// each of them for a goroutine of its own.
func TestCleanupsThatUseStoresDoNotRace(t *testing.T) {
	var s als.Storage[int]
	const cleanups = 100
	var ran atomic.Int64
	for i := range cleanups {
		runtime.AddCleanup(new([64]*int), func(i int) {
			s.Run(i, func() {
				if s.Get() != i {
					t.Errorf("cleanup %d sees the store %d", i, s.Get())
				}
			})
			defer s.WithScope(i).End()
			als.Bind(func() {})()
			ran.Add(1)
		}, i)
	}
	testkit.Eventually(t, "all cleanups ran", func() bool { runtime.GC(); return ran.Load() == cleanups })
}
