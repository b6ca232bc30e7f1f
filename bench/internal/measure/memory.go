package measure

import (
	"runtime"

	"github.com/seed-1938943e/goroutine/bench/internal/ops"
)

// StackSetting is what GODEBUG must hold in a process that calls Park: otherwise
// the runtime chooses the size of new stacks by what the last collection saw, and
// the stacks of one round differ from those of the next by 2 KiB.
const StackSetting = "adaptivestackstart=0"

// Park returns what a goroutine that is parked while it holds a value takes above
// one that is parked without, in bytes of heap and stack, for each round.
func Park(i ops.Impl, goroutines, rounds int) []float64 {
	const warmUp = 2
	var bytes []float64
	for round := range warmUp + rounds {
		without := parked(goroutines, nil)
		with := parked(goroutines, []ops.Impl{i})
		if round >= warmUp {
			bytes = append(bytes, (with-without)/float64(goroutines))
		}
	}
	return bytes
}

// parked returns the memory that n parked goroutines take.
func parked(n int, impls []ops.Impl) float64 {
	before := inUse()
	release := Crowd(n, impls)
	during := inUse()
	release()
	return during - before
}

func inUse() float64 {
	// What the last measurement left is swept after one collection and freed by
	// the next; the sweep runs on a goroutine of the runtime that wants its turn.
	for range 4 {
		runtime.GC()
		for range 100 {
			runtime.Gosched()
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) + float64(m.StackInuse)
}
