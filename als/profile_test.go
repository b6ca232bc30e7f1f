package als_test

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// 16 goroutines use all of the package. Meanwhile a CPU profile interrupts our assembly,
// goroutine profiles and the collector walk the stacks of the goroutines in it, and an
// execution trace records them.
func TestEverythingUnderProfilesTracesAndGC(t *testing.T) {
	var cpu, traced bytes.Buffer
	require.NoError(t, pprof.StartCPUProfile(&cpu))
	if !trace.IsEnabled() { // -trace
		require.NoError(t, trace.Start(&traced))
		defer trace.Stop()
	}
	profile := func(debug int) func() {
		return func() {
			assert.NoError(t, pprof.Lookup("goroutine").WriteTo(io.Discard, debug))
			runtime.Gosched()
		}
	}
	testkit.Meanwhile(profile(1), func() {
		testkit.Meanwhile(profile(0), func() {
			testkit.UnderGC(func() { useEverythingOnManyGoroutines(t) })
		})
	})
	pprof.StopCPUProfile()
	assert.NotZero(t, cpu.Len())
}

func useEverythingOnManyGoroutines(t *testing.T) {
	var users sync.WaitGroup
	s, boxed, secret := als.New[int](), als.New[[9]int](), newSecret[string]()
	const goroutines = 16
	n := testkit.ScaledByG(t, 1000)
	for g := range goroutines {
		users.Add(1)
		go func() {
			defer users.Done()
			labels := pprof.Labels("goroutine", string(rune('a'+g)))
			pprof.Do(context.Background(), labels, func(context.Context) {
				for i := range n {
					useEverything(t, s, boxed, secret, g<<20|i)
				}
			})
		}()
	}
	users.Wait()
}

func useEverything(t *testing.T, s *als.Storage[int], boxed *als.Storage[[9]int], secret *als.Storage[string], i int) {
	bad := func(where string) { t.Errorf("%s: a wrong store, want those made from %#x", where, i) }
	s.Run(i, func() {
		scope := boxed.WithScope([9]int{8: i})
		secret.Run("secret", func() {
			c := als.Snapshot()
			bound := als.Bind(func(k int) int { return k + s.Get() + boxed.Get()[8] })
			if bound(1) != 2*i+1 {
				bad("a bound function")
			}
			done := make(chan struct{}, 3)
			look := func() {
				if s.Get() != i || boxed.Get() != [9]int{8: i} {
					bad("a goroutine")
				}
				s.EnterWith(-1)
				done <- struct{}{}
			}
			als.Go(look)
			c.Go(look)
			als.AfterFunc(time.Microsecond, look)
			for range 3 {
				<-done
			}
			s.Exit(func() {
				if _, ok := s.GetStore(); ok {
					bad("Exit")
				}
				c.Run(func() {
					if s.Get() != i || secret.Get() != "secret" {
						bad("Run")
					}
				})
			})
		})
		scope.End()
		if s.Get() != i || boxed.Get() != [9]int{} || secret.Get() != "" {
			bad("the end")
		}
	})
}

// labelled returns the labels in a goroutine profile of the goroutines that have the
// function on their stack.
func labelled(t *testing.T, function string) (labels []string) {
	var b bytes.Buffer
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&b, 1))
	for _, block := range strings.Split(b.String(), "\n\n") {
		if !strings.Contains(block, function) {
			continue
		}
		found := "none"
		for _, line := range strings.Split(block, "\n") {
			if l, ok := strings.CutPrefix(line, "# labels: "); ok {
				found = l
			}
		}
		labels = append(labels, found)
	}
	return labels
}

//go:noinline
func waitsLabelled(ready chan<- struct{}, gate <-chan struct{}) {
	ready <- struct{}{}
	<-gate
}

// A profile shows the labels that the program set and no others, and a goroutine that
// als.Go started has its creator's, like any other.
func TestProfileLabelsOfTheUserAreUnchanged(t *testing.T) {
	var s als.Storage[int]
	for what, in := range map[string]func(f func()){
		"Run":   func(f func()) { s.Run(1, f) },
		"Go":    func(f func()) { s.Run(1, func() { testkit.Through(als.Go, f) }) },
		"bound": func(f func()) { s.Run(1, func() { als.Bind(f)() }) },
		"EnterWith": func(f func()) {
			als.Snapshot().Run(func() { s.EnterWith(1); f() })
		},
	} {
		gate, ready, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			pprof.Do(context.Background(), pprof.Labels("request", "42"), func(context.Context) {
				in(func() { waitsLabelled(ready, gate) })
			})
		}()
		<-ready
		assert.Equal(t, []string{`{"request":"42"}`}, labelled(t, "waitsLabelled"), what)
		close(gate)
		<-done
	}
}

func TestPprofDoDoesNotDisturbStores(t *testing.T) {
	var s als.Storage[int]
	s.Run(1, func() {
		pprof.Do(context.Background(), pprof.Labels("a", "b"), func(ctx context.Context) {
			wantStore(t, &s, 1)
			testkit.Through(als.Go, func() { wantStore(t, &s, 1) })
			s.Run(2, func() {
				pprof.SetGoroutineLabels(context.Background())
				wantStore(t, &s, 2)
				pprof.SetGoroutineLabels(ctx)
				wantStore(t, &s, 2)
			})
			s.EnterWith(3)
		})
		wantStore(t, &s, 3)
	})
}
