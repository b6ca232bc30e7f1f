//alsvet:ignore the goroutines of a soak begin with the stores that it says, or with none
package soak

import (
	"io"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"runtime/trace"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
)

// pressures run during the soak, each at its interval.
var pressures = []struct {
	every time.Duration
	do    func(w *world, wait func(time.Duration))
}{
	{100 * time.Millisecond, func(w *world, wait func(time.Duration)) {
		if pprof.StartCPUProfile(io.Discard) == nil {
			wait(time.Second)
			pprof.StopCPUProfile()
		}
	}},
	{500 * time.Millisecond, func(w *world, wait func(time.Duration)) {
		if trace.Start(io.Discard) == nil {
			wait(300 * time.Millisecond)
			trace.Stop()
		}
	}},
	{300 * time.Millisecond, func(*world, func(time.Duration)) {
		_ = pprof.Lookup("goroutine").WriteTo(io.Discard, rand.IntN(3))
	}},
	{20 * time.Millisecond, func(*world, func(time.Duration)) { runtime.GC() }},
	{200 * time.Millisecond, func(*world, func(time.Duration)) { debug.SetGCPercent(10 + rand.IntN(200)) }},
	{time.Millisecond, func(w *world, _ func(time.Duration)) { w.garbage.Store(new([1 << 14]*byte)) }},
	{70 * time.Millisecond, func(*world, func(time.Duration)) { runtime.GOMAXPROCS(1 + rand.IntN(2*runtime.NumCPU())) }},
	{300 * time.Millisecond, func(w *world, wait func(time.Duration)) {
		stop := als.TraceLoss(func(als.Loss) { w.losses.Add(1) })
		wait(200 * time.Millisecond)
		stop()
	}},
	{100 * time.Millisecond, func(w *world, wait func(time.Duration)) {
		event := func(hooks.ID) { w.events.Add(1) }
		h := hooks.New(hooks.Callbacks{
			Init:   func(hooks.ID, string, hooks.ID, any) { w.events.Add(1) },
			Before: event, After: event, Destroy: event,
		}).Enable()
		wait(100 * time.Millisecond)
		h.Disable()
	}},
	{50 * time.Millisecond, func(w *world, _ func(time.Duration)) { w.abandon() }},
}

// abandon starts goroutines that set stores and exit without deleting them.
func (w *world) abandon() {
	for range 500 {
		if !w.enlist() {
			return
		}
		g := w.newGoroutine(make([]*grant, len(w.subjects)))
		start := als.Go
		if g.serial%2 == 0 {
			start = func(fn func()) { go fn() }
		}
		start(func() {
			defer w.discharge()
			g.note("start")
			g.checkAll()
			g.enter(0, g.id())
			g.enter(5, g.id())
			g.local.change(g)
			g.checkAll()
			g.operations.Add(int64(g.steps))
		})
	}
}

// press runs the pressures until the returned function is called.
func (w *world) press() (release func()) {
	stop := make(chan struct{})
	wait := func(d time.Duration) {
		select {
		case <-stop:
		case <-time.After(d):
		}
	}
	done := make(chan struct{})
	for _, p := range pressures {
		go func() {
			for {
				select {
				case <-stop:
					done <- struct{}{}
					return
				default:
					p.do(w, wait)
					wait(p.every)
				}
			}
		}()
	}
	procs, percent := runtime.GOMAXPROCS(0), debug.SetGCPercent(100)
	return func() {
		close(stop)
		for range pressures {
			<-done
		}
		runtime.GOMAXPROCS(procs)
		debug.SetGCPercent(percent)
	}
}
