package measure

import (
	"runtime"

	"github.com/seed-1938943e/goroutine/bench/internal/ops"
)

// StackSetting must be in GODEBUG in a process that calls Park. Otherwise the runtime
// chooses the size of new stacks at each collection, and the stacks of one round
// differ from those of the next by 2 KiB.
const StackSetting = "adaptivestackstart=0"

// Park returns, for each round, how many bytes of heap and stack a goroutine that is
// parked with a value takes more than one without.
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
	// One collection is not enough: memory is swept after it, on a goroutine of the
	// runtime, which Gosched lets run.
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
