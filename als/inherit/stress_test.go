package inherit_test

import (
	"context"
	"io"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/inherit"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A hundred thousand goroutines at once each have the store of their starter.
func TestManyGoroutinesAtOnce(t *testing.T) {
	n := testkit.ScaledByG(t, 100_000)
	var wg sync.WaitGroup
	release := make(chan struct{})
	var wrong atomic.Int64
	for i := range n {
		in(strconv.Itoa(i), func() {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if i%2 == 0 && place.Get() != strconv.Itoa(i) {
					wrong.Add(1)
				}
				<-release
				if place.Get() != strconv.Itoa(i) {
					wrong.Add(1)
				}
			}()
		})
	}
	close(release)
	wg.Wait()
	assert.Zero(t, wrong.Load())
}

// Goroutines start others, run, bind and set labels while a CPU profile, goroutine
// profiles, an execution trace and the collector look at the labels.
func TestEverythingAtOnce(t *testing.T) {
	require.NoError(t, pprof.StartCPUProfile(io.Discard))
	defer pprof.StopCPUProfile()
	require.NoError(t, trace.Start(io.Discard))
	defer trace.Stop()
	defer debug.SetGCPercent(debug.SetGCPercent(5))

	profile := func() {
		_ = pprof.Lookup("goroutine").WriteTo(io.Discard, 0)
		runtime.GC()
	}
	testkit.Meanwhile(profile, func() {
		var wg sync.WaitGroup
		for worker := range 8 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				w := &wanderer{t: t, rng: rand.New(rand.NewPCG(uint64(worker), 1))}
				for range testkit.ScaledByG(t, 2000) {
					w.step(0)
				}
			}()
		}
		wg.Wait()
	})
}

// A wanderer makes random calls and knows which store it must see.
type wanderer struct {
	t   *testing.T
	rng *rand.Rand
	is  string // the store of place
}

func (w *wanderer) check(where string) {
	if got := place.Get(); got != w.is {
		w.t.Errorf("%s: store %q, want %q", where, got, w.is)
	}
}

func (w *wanderer) step(depth int) {
	if depth == 4 {
		return
	}
	name := strconv.Itoa(w.rng.IntN(1000))
	as := func(is string, f func()) {
		was := w.is
		w.is = is
		f()
		w.is = was
	}
	inside := func() { w.check("inside"); w.step(depth + 1); w.check("inside, later") }
	switch w.rng.IntN(9) {
	case 0, 1:
		as(name, func() { in(name, inside) })
	case 2:
		as("", func() { place.Exit(inside) })
	case 3:
		testkit.InGoroutine(inside)
	case 4:
		testkit.Through(als.Go, inside)
	case 5:
		pprof.Do(context.Background(), pprof.Labels("a", name), func(context.Context) { inside() })
	case 6:
		inherit.Do(context.Background(), pprof.Labels("b", name), func(context.Context) {
			testkit.InGoroutine(inside)
		})
	case 7:
		bound := als.Bind(inside)
		in("another", bound)
	case 8:
		func() {
			defer place.WithScope(name).End()
			as(name, inside)
		}()
	}
	w.check("after")
}
