package inherit_test

import (
	"context"
	"runtime/pprof"
	"strconv"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/inherit"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// newLabelled returns a storage whose stores the profiler labels show.
func newLabelled(name string, revoke bool) *als.Storage[int] {
	return als.New(als.Options[int]{Name: name, RevokeOnEnd: revoke, Label: func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}})
}

// While a store is current in a goroutine, the goroutine's labels show it, however it
// became current.
func TestLabelShowsTheStore(t *testing.T) {
	for name, revoke := range map[string]bool{"plain": false, "revocable": true} {
		t.Run(name, func(t *testing.T) {
			s, second := newLabelled("request", revoke), newLabelled("job", revoke)
			var other als.Storage[string]
			shows := func(want string) { t.Helper(); assert.Equal(t, want, shownLabels(t)) }
			inChild := func(want string) {
				t.Helper()
				testkit.InGoroutine(func() { shows(want); other.Get(); shows(want) })
				testkit.Through(als.Go, func() { shows(want) })
			}
			onNew(func() {
				const one, two = `{"request":"1"}`, `{"request":"2"}`
				s.Run(1, func() {
					shows(one)
					inChild(one)
					other.Run("x", func() { shows(one); inChild(one) })
					shows(one)
					s.Run(2, func() { shows(two); inChild(two) })
					shows(one)
					s.Exit(func() { shows(""); inChild("") })
					s.Run(0, func() { shows("") })
					als.ExecutionContext{}.Run(func() { shows("") })
					snapshot := als.Snapshot()
					s.Run(2, func() {
						snapshot.Run(func() { shows(one); other.Run("y", func() { shows(one) }); inChild(one) })
						shows(two)
					})
					second.Run(7, func() {
						shows(`{"job":"7", "request":"1"}`)
						inChild(`{"job":"7", "request":"1"}`)
					})
					func() {
						defer second.WithScope(7).End()
						shows(`{"job":"7", "request":"1"}`)
					}()
					shows(one)
					other.EnterWith("z")
					shows(one)
					second.EnterWith(8)
					shows(`{"job":"8", "request":"1"}`)
					second.Run(0, func() { shows(one) })
				})
				second.Disable()
				shows(`{"job":"8"}`) // Disable changes no labels
				other.EnterWith("after")
				shows("")
			})
		})
	}
}

// A bound function does not show the label of a store that was revoked after the capture.
func TestLabelOfARevokedStore(t *testing.T) {
	s := newLabelled("request", true)
	var bound func()
	s.Run(1, func() {
		bound = als.Bind(func() { assert.Empty(t, shownLabels(t)) })
		als.Bind(func() { assert.Equal(t, `{"request":"1"}`, shownLabels(t), "the control") })()
	})
	onNew(func() { new(als.Storage[int]).Run(1, bound) })
}

// The labels of the program are shown as it set them, beside those of stores, and are
// never rolled back.
func TestLabelBesideLabelsOfTheProgram(t *testing.T) {
	s := newLabelled("request", false)
	var other als.Storage[int]
	shows := func(want string) { t.Helper(); assert.Equal(t, want, shownLabels(t)) }
	onNew(func() {
		pprof.SetGoroutineLabels(labelled("a", "1", "z", "2"))
		s.Run(1, func() {
			shows(`{"a":"1", "request":"1", "z":"2"}`)
			pprof.Do(labelled("b", "3"), pprof.Labels("c", "4"), func(context.Context) {
				shows(`{"b":"3", "c":"4"}`)
				other.Get()
				shows(`{"b":"3", "c":"4", "request":"1"}`)
				testkit.InGoroutine(func() { shows(`{"b":"3", "c":"4", "request":"1"}`) })
			})
			other.Get()
			shows(`{"b":"3", "request":"1"}`)
			inherit.Do(context.Background(), pprof.Labels("request", "mine"), func(context.Context) {
				shows(`{"request":"mine"}`)
				s.Run(2, func() { shows(`{"request":"mine"}`) })
			})
			shows(`{"request":"1"}`)
			pprof.SetGoroutineLabels(labelled("d", "5"))
		})
		shows(`{"d":"5"}`)
	})
}

// A store that no go statement carries is shown on its goroutine. A plain goroutine
// starts with a copy of those labels, which its first use of als corrects.
func TestLabelOfAStoreThatIsNotInherited(t *testing.T) {
	carried := newLabelled("request", false)
	var other als.Storage[int]
	shows := func(want string) { t.Helper(); assert.Equal(t, want, shownLabels(t)) }
	for inherit, throughGo := range map[als.Inheritance]string{
		als.InheritExplicit: `{"request":"1", "tx":"2"}`, als.InheritNever: `{"request":"1"}`,
	} {
		s := als.New(als.Options[int]{Name: "tx", Inherit: inherit, Label: strconv.Itoa})
		onNew(func() {
			s.Run(2, func() {
				shows(`{"tx":"2"}`)
				testkit.InGoroutine(func() { other.Get(); shows("") })
				s.Exit(func() { shows("") })
				carried.Run(1, func() {
					const both = `{"request":"1", "tx":"2"}`
					shows(both)
					testkit.InGoroutine(func() { other.Get(); shows(`{"request":"1"}`) })
					testkit.Through(als.Go, func() { shows(throughGo) })
					als.Snapshot().Run(func() { shows(throughGo) })
					shows(both)
					s.Run(3, func() { shows(`{"request":"1", "tx":"3"}`) })
					shows(both)
				})
				shows(`{"tx":"2"}`)
			})
			shows("")
			carried.Run(1, func() {
				func() {
					defer s.WithScope(4).End()
					shows(`{"request":"1", "tx":"4"}`)
				}()
				shows(`{"request":"1"}`)
				s.EnterWith(5)
				shows(`{"request":"1", "tx":"5"}`)
			})
			shows(`{"tx":"5"}`)
		})
	}
}

// Two storages may have one name. A set of labels has each key once.
func TestLabelsOfOneName(t *testing.T) {
	first, second := newLabelled("request", false), newLabelled("request", false)
	onNew(func() {
		first.Run(1, func() {
			second.Run(2, func() { assert.Contains(t, []string{`{"request":"1"}`, `{"request":"2"}`}, shownLabels(t)) })
			assert.Equal(t, `{"request":"1"}`, shownLabels(t))
		})
	})
}

// A Label that panics does so before anything has changed.
func TestLabelThatPanics(t *testing.T) {
	s := als.New(als.Options[int]{Name: "request", Label: func(n int) string {
		if n > 1 {
			panic("label")
		}
		return "one"
	}})
	onNew(func() {
		s.Run(1, func() {
			for name, enter := range map[string]func(){
				"Run":       func() { s.Run(2, func() { t.Error("called") }) },
				"EnterWith": func() { s.EnterWith(2) },
				"WithScope": func() { s.WithScope(2) },
			} {
				assert.Equal(t, "label", testkit.Caught(enter), name)
				assert.Equal(t, 1, s.Get(), name)
				assert.Equal(t, `{"request":"one"}`, shownLabels(t), name)
			}
		})
		assert.Empty(t, shownLabels(t))

		scope := s.WithScope(1)
		assert.Equal(t, "label", testkit.Caught(func() { s.Run(2, func() {}) }))
		assert.Equal(t, 1, s.Get())
		scope.End()
		assert.Zero(t, s.Get(), "the scope has ended")
		s.Run(1, func() { assert.Equal(t, 1, s.Get()) })
		assert.Empty(t, shownLabels(t))
	})
	assert.Equal(t, "als: New: Options.Label without Options.Name",
		testkit.Caught(func() { als.New(als.Options[int]{Label: strconv.Itoa}) }))
}

// CPU profiles have the label of the work that used the time.
func TestLabelInACPUProfile(t *testing.T) {
	s := newLabelled("request", false)
	var sum int
	testkit.Eventually(t, "a sample of the request", func() bool {
		samples := labelsOfCPUProfile(t, func() {
			onNew(func() {
				s.Run(4711, func() {
					testkit.InGoroutine(func() { // which never uses als
						for start := time.Now(); time.Since(start) < 300*time.Millisecond; {
							for i := range 1000 {
								sum += i
							}
						}
					})
				})
			})
		})
		if len(samples) == 0 {
			t.Skip("the profile has no samples here")
		}
		return samples["request=4711"] > 0
	})
}
