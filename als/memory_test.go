package als_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/ratio"
)

// BenchmarkMemory reports how many bytes more a parked goroutine takes inside a Run than
// without: medians of measurements taken in turn. By default the runtime adapts the size
// of new stacks at each collection, so the stacks of two measurements could differ by
// 2 KiB; the setting prevents that.
//
//	GODEBUG=adaptivestackstart=0 go test -run '^$' -bench Memory -benchtime 1x ./als
func BenchmarkMemory(b *testing.B) {
	const goroutines = 100_000
	for _, c := range []struct {
		name string
		park func(wait func())
	}{
		{"inside=nothing", func(wait func()) { wait() }},
		{"inside=Run", func(wait func()) { pointerStore.Run(alice, wait) }},
		{"inside=Run,stores=2", func(wait func()) {
			pointerStore.Run(alice, func() { stringStore.Run("x", wait) })
		}},
		{"inside=WithScope", func(wait func()) {
			defer pointerStore.WithScope(alice).End()
			wait()
		}},
	} {
		b.Run(c.name+"/goroutines=100000", func(b *testing.B) {
			const warmUp, counted = 2, 5
			var heap, stack []float64
			for i := range warmUp + counted*b.N {
				without := parked(goroutines, func(wait func()) { wait() })
				with := parked(goroutines, c.park)
				if i >= warmUp {
					heap = append(heap, (with.heap-without.heap)/goroutines)
					stack = append(stack, (with.stack-without.stack)/goroutines)
				}
			}
			b.ReportMetric(ratio.Median(heap), "heap-B/goroutine")
			b.ReportMetric(ratio.Median(stack), "stack-B/goroutine")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// parked returns the memory in use while n goroutines are parked.
func parked(n int, park func(wait func())) memory {
	before := inUse()
	var ready, done sync.WaitGroup
	release := make(chan struct{})
	ready.Add(n)
	done.Add(n)
	for range n {
		go func() {
			defer done.Done()
			park(func() {
				ready.Done()
				<-release
			})
		}()
	}
	ready.Wait()
	during := inUse()
	close(release)
	done.Wait()
	return memory{during.heap - before.heap, during.stack - before.stack}
}

type memory struct{ heap, stack float64 }

func inUse() memory {
	// A sweep after one collection removes the entries of the last measurement, and the
	// next collection frees them. The sweep runs on a goroutine of the runtime, so yield.
	for range 4 {
		runtime.GC()
		for range 100 {
			runtime.Gosched()
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return memory{float64(m.HeapAlloc), float64(m.StackInuse)}
}
