package table

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// filled returns a table with n entries on made-up gs, for which alive returns true. No
// move is in progress.
func filled(n int) (w *world, alive func(uintptr, uint64) bool) {
	w = constructions[0].world(n, n)
	for _, g := range w.gs {
		w.enter(g, w.start())
	}
	w.moveAll()
	return w, func(uintptr, uint64) bool { return true }
}

// BenchmarkSweep measures a sweep per entry: the walk alone, and with reading the gs of
// parked goroutines.
func BenchmarkSweep(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("op=walk/entries=%d", n), func(b *testing.B) {
			w, alive := filled(n)
			b.ResetTimer()
			for range b.N {
				w.sweep(alive)
			}
			perEntry(b, n)
		})
		b.Run(fmt.Sprintf("op=sweep/entries=%d", n), func(b *testing.B) {
			if !knowsG() {
				b.Skip("a traceback, see BenchmarkCensus")
			}
			var table Table
			_, release := park(&table, n)
			defer release()
			table.moveAll()
			b.ResetTimer()
			for range b.N {
				var census g.Census
				table.sweep(census.Alive)
			}
			perEntry(b, n)
		})
	}
}

func perEntry(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/entry")
}

// BenchmarkFind measures Find among many entries, in an order that caches do not
// foresee. The baseline is a map without a lock, which is not safe.
func BenchmarkFind(b *testing.B) {
	for _, n := range []int{1, 1000, 100_000} {
		w, _ := filled(n)
		plain := make(map[uintptr]*Entry, n)
		w.Range(func(e *Entry) bool { plain[e.g] = e; return true })
		order := make([]int, 1<<16)
		for i := range order {
			order[i] = i * 7919 % n
		}
		var found *Entry
		b.Run(fmt.Sprintf("impl=table/entries=%d", n), func(b *testing.B) {
			for i := range b.N {
				at := order[i%len(order)]
				found = w.Find(w.gs[at], uint64(at+1))
			}
		})
		b.Run(fmt.Sprintf("impl=map/entries=%d", n), func(b *testing.B) {
			for i := range b.N {
				found = plain[w.gs[order[i%len(order)]]]
			}
		})
		_ = found
	}
}

// BenchmarkMemory measures the bytes per entry, including the 16 of the entry itself.
func BenchmarkMemory(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			gs := constructions[0].world(n, n).gs
			total := int64(0)
			for range b.N {
				w := newWorld(gs, n)
				before := heap()
				for _, g := range gs {
					w.enter(g, w.start())
				}
				total += heap() - before
				runtime.KeepAlive(w)
			}
			b.ReportMetric(float64(total)/float64(b.N)/float64(n), "B/entry")
		})
	}
}
