package hooks_test

import (
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/ratio"
)

// BenchmarkHooksOff measures the cost of hooks that are not enabled; see package ratio.
//
//	after=Disable  right after a hook was enabled and disabled, against before
//	beside=none    with IDs and events, against a goroutine that only carries stores,
//	beside=...     and against an ExecutionContext.Run
//
//	go test -run '^$' -bench HooksOff -benchtime 1x ./hooks
func BenchmarkHooksOff(b *testing.B) {
	a := manual("bench")
	c, stores := als.Snapshot(), async.Capture()
	nothing := func() {}
	spawn := func(start func(func())) func(int) {
		return func(n int) {
			var done sync.WaitGroup
			f := done.Done
			for range n {
				done.Add(1)
				start(f)
				done.Wait()
			}
		}
	}
	goes := spawn(als.Go)
	plain := spawn(func(f func()) { go stores.RunGoroutine(f) })
	run := func(n int) {
		for range n {
			a.RunInAsyncScope(nothing)
		}
	}
	runContext := func(n int) {
		for range n {
			c.Run(nothing)
		}
	}
	toggled := func(f func(int)) func(int) {
		h := hooks.New(hooks.Callbacks{Init: func(hooks.ID, string, hooks.ID, any) {}, Before: func(hooks.ID) {}})
		return func(n int) { h.Enable(); h.Disable(); f(n) }
	}
	for _, m := range []struct {
		name         string
		us, baseline func(int)
	}{
		{"op=als.Go/after=Disable", toggled(goes), goes},
		{"op=RunInAsyncScope/after=Disable", toggled(run), run},
		{"op=als.Go/beside=none", goes, plain},
		{"op=RunInAsyncScope/beside=ExecutionContext.Run", run, runContext},
	} {
		b.Run(m.name, func(b *testing.B) {
			ratio.Report(b, m.us, m.baseline)
		})
	}
}

// BenchmarkEvent measures the cost of an event while one hook is enabled, all of whose
// callbacks do nothing: the median difference to an op without the hook, per event.
func BenchmarkEvent(b *testing.B) {
	a := manual("bench")
	ignore := func(hooks.ID) {}
	h := hooks.New(hooks.Callbacks{
		Init:   func(hooks.ID, string, hooks.ID, any) {},
		Before: ignore, After: ignore, Destroy: ignore,
	})
	for _, op := range []struct {
		name   string
		events float64
		f      func()
	}{
		{"RunInAsyncScope", 2, func() { a.RunInAsyncScope(func() {}) }},
		{"NewAsyncResource+EmitDestroy", 2, func() { _ = manual("bench").EmitDestroy() }},
	} {
		loop := func(n int) {
			for range n {
				op.f()
			}
		}
		b.Run("op="+op.name+"/hooks=1", func(b *testing.B) {
			const n = 20_000
			var events, off []float64
			for range 101 * b.N {
				without := ratio.Timed(loop, n) / n
				h.Enable()
				with := ratio.Timed(loop, n) / n
				h.Disable()
				events = append(events, (with-without)/op.events)
				off = append(off, without)
			}
			b.ReportMetric(ratio.Median(events), "ns/event")
			b.ReportMetric(ratio.Median(off), "ns-baseline")
			b.ReportMetric(0, "ns/op")
		})
	}
}

var sink *hooks.AsyncResource

// BenchmarkNewAsyncResource measures creation. Without RequireManualDestroy most of
// it is runtime.AddCleanup.
func BenchmarkNewAsyncResource(b *testing.B) {
	b.Run("destroy=manual", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sink = manual("bench")
		}
	})
	b.Run("destroy=gc", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sink = hooks.NewAsyncResource("bench")
		}
	})
	b.Run("destroy=gc,emitted", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sink = hooks.NewAsyncResource("bench")
			_ = sink.EmitDestroy()
		}
	})
}

// BenchmarkNewID measures NewID on one goroutine and on all processors at once.
func BenchmarkNewID(b *testing.B) {
	b.Run("goroutines=1", func(b *testing.B) {
		for b.Loop() {
			async.NewID()
		}
	})
	b.Run("goroutines=procs", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				async.NewID()
			}
		})
	})
}
