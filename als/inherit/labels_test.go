package inherit_test

import (
	"bytes"
	"context"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/inherit"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shownLabels returns the labels of the caller as a goroutine profile shows them,
// "" if there are none.
func shownLabels(t *testing.T) string {
	var b bytes.Buffer
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&b, 1))
	for _, record := range strings.Split(b.String(), "\n\n") {
		if strings.Contains(record, "shownLabels") {
			_, labels, _ := strings.Cut(record, "# labels: ")
			labels, _, _ = strings.Cut(labels, "\n")
			return strings.TrimSuffix(labels, "{}")
		}
	}
	t.Error("the caller is not in the profile")
	return ""
}

func labelled(pairs ...string) context.Context {
	return pprof.WithLabels(context.Background(), pprof.Labels(pairs...))
}

// onNew runs f in a goroutine that has inherited nothing, and waits for it.
func onNew(f func()) {
	als.ExecutionContext{}.Run(func() { testkit.InGoroutine(f) })
}

// Profiles show the labels that the program has set, after every operation of als.
func TestLabelsAreShownUnchanged(t *testing.T) {
	const ab, c = `{"a":"1", "b":"2"}`, `{"c":"3"}`
	var s, other als.Storage[int]
	snapshot := als.Snapshot()
	s.Run(1, func() { other.Run(2, func() { snapshot = als.Snapshot() }) })
	onNew(func() {
		shows := func(want string) { t.Helper(); assert.Equal(t, want, shownLabels(t)) }
		shows("")
		pprof.SetGoroutineLabels(labelled("a", "1", "b", "2"))
		shows(ab)
		s.Run(1, func() {
			shows(ab)
			testkit.InGoroutine(func() { shows(ab); assert.Equal(t, 1, s.Get()); shows(ab) })
			other.Run(2, func() { shows(ab); testkit.InGoroutine(func() { shows(ab) }) })
			shows(ab)
			snapshot.Run(func() { shows(ab); testkit.InGoroutine(func() { shows(ab) }) })
			shows(ab)
			other.Exit(func() { shows(ab) })
			other.EnterWith(3)
			shows(ab)
			testkit.Through(als.Go, func() { shows(ab) })
			func() {
				defer other.WithScope(4).End()
				shows(ab)
			}()
			shows(ab)
		})
		shows(ab)
		als.ExecutionContext{}.Run(func() { shows(ab) })

		s.Run(1, func() {
			pprof.SetGoroutineLabels(labelled("c", "3"))
			shows(c)
			s.Run(2, func() { shows(c) })
			shows(c)
		})
		shows(c)
		assert.Zero(t, s.Get())
		s.Run(1, func() {
			pprof.Do(labelled("a", "1"), pprof.Labels("b", "2"), func(context.Context) {
				shows(ab)
				s.Run(2, func() { shows(ab) })
				shows(ab)
			})
			shows(`{"a":"1"}`)
		})
		shows(`{"a":"1"}`)
		s.Run(1, func() { pprof.SetGoroutineLabels(context.Background()) })
		shows("")
	})
}

// The end of an enclosure does not roll back labels that the program has set or removed
// inside.
func TestLabelsSetInsideStay(t *testing.T) {
	var s als.Storage[int]
	var boxed als.Storage[[8]int]
	revoked := als.New(als.Options[int]{RevokeOnEnd: true})
	bound := func(f func()) { als.Bind(f)() }
	for name, scope := range map[string]func(func()){
		"Run":       func(f func()) { s.Run(1, f) },
		"Run boxed": func(f func()) { boxed.Run([8]int{}, f) },
		"revoked":   func(f func()) { revoked.Run(1, f) },
		"Run twice": func(f func()) { s.Run(1, func() { s.Run(2, f) }) },
		"Exit":      func(f func()) { s.Run(1, func() { s.Exit(f) }) },
		"bound":     bound,
		"scope":     func(f func()) { defer s.WithScope(1).End(); f() },
		"EnterWith": func(f func()) { s.Run(1, func() { s.EnterWith(2); f(); s.EnterWith(3) }) },
		"empty":     als.ExecutionContext{}.Run,
	} {
		for _, outer := range []func(func()){func(f func()) { f() }, func(f func()) { s.Run(7, f) }} {
			onNew(func() {
				inside := func(before, set context.Context, want string) {
					pprof.SetGoroutineLabels(before)
					outer(func() {
						before := s.Get()
						scope(func() { pprof.SetGoroutineLabels(set) })
						assert.Equal(t, want, shownLabels(t), name)
						assert.Equal(t, before, s.Get(), name)
					})
					assert.Equal(t, want, shownLabels(t), name)
				}
				inside(labelled("a", "1"), labelled("b", "2"), `{"b":"2"}`)
				inside(labelled("a", "1"), context.Background(), "")
				inside(context.Background(), labelled("b", "2"), `{"b":"2"}`)
			})
		}
	}
}

func TestStoresSurviveLabels(t *testing.T) {
	var s als.Storage[string]
	child := func() (got string) {
		testkit.InGoroutine(func() { got = s.Get() })
		return got
	}
	s.Run("store", func() {
		pprof.Do(context.Background(), pprof.Labels("a", "1"), func(context.Context) {
			assert.Empty(t, child(), "als was not used since the labels were set")
			assert.Equal(t, "store", s.Get())
			assert.Equal(t, "store", child(), "als was used")
			s.Run("inner", func() { assert.Equal(t, "inner", child()) })
			assert.Equal(t, "store", child())
		})
		assert.Empty(t, child(), "pprof.Do has set the labels again")
		assert.Equal(t, "store", s.Get())
		assert.Equal(t, "store", child())

		inherit.Do(context.Background(), pprof.Labels("a", "1"), func(ctx context.Context) {
			a, _ := pprof.Label(ctx, "a")
			assert.Equal(t, "1", a)
			assert.Equal(t, "store", child())
			assert.Equal(t, `{"a":"1"}`, shownLabels(t))
		})
		assert.Equal(t, "store", child())
		inherit.SetGoroutineLabels(labelled("b", "2"))
		assert.Equal(t, "store", child())
		assert.Equal(t, `{"b":"2"}`, shownLabels(t))
		inherit.SetGoroutineLabels(context.Background())
		assert.Equal(t, "store", child())
	})
	// A goroutine that calls pprof.Do before it uses als has lost its inherited stores.
	// With inherit.Do or inherit.SetGoroutineLabels it has not.
	s.Run("store", func() {
		testkit.InGoroutine(func() {
			pprof.Do(context.Background(), pprof.Labels(), func(context.Context) { assert.Empty(t, s.Get()) })
		})
		testkit.InGoroutine(func() {
			inherit.Do(context.Background(), pprof.Labels(), func(context.Context) { assert.Equal(t, "store", s.Get()) })
			assert.Equal(t, "store", s.Get())
		})
		testkit.InGoroutine(func() {
			inherit.SetGoroutineLabels(context.Background())
			assert.Equal(t, "store", s.Get())
		})
	})
	// A panic in f propagates, and does not change the stores.
	s.Run("store", func() {
		assert.PanicsWithValue(t, "p", func() {
			inherit.Do(context.Background(), pprof.Labels(), func(context.Context) { panic("p") })
		})
		assert.Equal(t, "store", child())
	})
}

// A CPU profile shows the program's labels while the hidden ones change all the time. On
// a busy machine a profile may have no samples.
func TestCPUProfile(t *testing.T) {
	var s als.Storage[*int]
	testkit.Eventually(t, "a sample of the work", func() bool {
		labels := labelsOfCPUProfile(t, func() {
			var wg sync.WaitGroup
			stop := time.Now().Add(300 * time.Millisecond)
			for range 2 * runtime.GOMAXPROCS(0) {
				wg.Add(1)
				go func() {
					defer wg.Done()
					inherit.Do(context.Background(), pprof.Labels("work", "burning"), func(context.Context) {
						for i := 0; time.Now().Before(stop); i++ {
							s.Run(&i, func() {
								testkit.InGoroutine(func() { assert.Same(t, &i, s.Get()) })
							})
						}
					})
				}()
			}
			wg.Wait()
		})
		for l := range labels {
			assert.Contains(t, []string{"", "work=burning"}, l)
		}
		return labels["work=burning"] > 0
	})
}
