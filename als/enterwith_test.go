package als_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// An EnterWith lasts until an enclosure restores. The table says which ones do.
func TestEnterWithLastsUntilAnEnclosureRestores(t *testing.T) {
	for _, c := range []struct {
		encloses string
		around   func(s, other *als.Storage[string], f func())
		restores bool
	}{
		{"a call", func(_, _ *als.Storage[string], f func()) { f() }, false},
		{"Run", func(s, _ *als.Storage[string], f func()) { s.Run("run", f) }, true},
		{"RunFunc", func(s, _ *als.Storage[string], f func()) {
			als.RunFunc(s, "run", func() int { f(); return 0 })
		}, true},
		{"Exit", func(s, _ *als.Storage[string], f func()) { s.Exit(f) }, true},
		{"ExitFunc", func(s, _ *als.Storage[string], f func()) {
			als.ExitFunc(s, func() int { f(); return 0 })
		}, true},
		{"Scope", func(s, _ *als.Storage[string], f func()) { defer s.WithScope("scope").End(); f() }, true},
		{"ExecutionContext.Run", func(_, _ *als.Storage[string], f func()) { als.Snapshot().Run(f) }, true},
		{"ExecutionContext.Run of the zero", func(_, _ *als.Storage[string], f func()) { als.ExecutionContext{}.Run(f) }, true},
		{"a bound function", func(_, _ *als.Storage[string], f func()) { als.Bind(f)() }, true},
		{"a bound function with a result", func(_, _ *als.Storage[string], f func()) {
			als.Bind(func() int { f(); return 0 })()
		}, true},
		{"a bound function through reflect", func(_, _ *als.Storage[string], f func()) {
			als.Bind(func(bool) { f() })(true)
		}, true},
		{"Go", func(_, _ *als.Storage[string], f func()) { testkit.Through(als.Go, f) }, true},
		{"a goroutine", func(_, _ *als.Storage[string], f func()) { testkit.InGoroutine(f) }, true},

		{"Run of another", func(_, o *als.Storage[string], f func()) { o.Run("run", f) }, false},
		{"Exit of another", func(_, o *als.Storage[string], f func()) { o.Exit(f) }, false},
		{"Scope of another", func(_, o *als.Storage[string], f func()) { defer o.WithScope("x").End(); f() }, false},
		{"RunContext", func(_, _ *als.Storage[string], f func()) { als.RunContext(t.Context(), f) }, false},
		{"Disable of another", func(_, o *als.Storage[string], f func()) { f(); o.Disable() }, false},
	} {
		t.Run(c.encloses, func(t *testing.T) {
			for _, revoke := range []bool{false, true} {
				s := als.New(als.Options[string]{RevokeOnEnd: revoke})
				other := als.New(als.Options[string]{RevokeOnEnd: revoke})
				enter := func(v string) { // one call deeper than its caller, which sees the store, too
					s.EnterWith(v)
					wantStore(t, s, v)
				}
				testkit.InGoroutine(func() { // nothing before
					c.around(s, other, func() {
						enter("entered")
						wantStore(t, s, "entered")
					})
					if c.restores {
						wantNone(t, s)
					} else {
						wantStore(t, s, "entered")
					}
				})
				testkit.InGoroutine(func() { // something before
					s.EnterWith("before")
					other.EnterWith("other")
					c.around(s, other, func() {
						enter("first")
						enter("entered")
						testkit.Through(als.Go, func() {
							wantStore(t, s, "entered")
							s.EnterWith("in the other goroutine")
						})
						wantStore(t, s, "entered")
					})
					if c.restores {
						wantStore(t, s, "before")
					} else {
						wantStore(t, s, "entered")
					}
				})
			}
		})
	}
}

func TestEnterWithEndsWithTheGoroutine(t *testing.T) {
	var s als.Storage[int]
	for i := range testkit.ScaledByG(t, 2000) {
		testkit.InGoroutine(func() {
			got, ok := s.GetStore()
			assert.False(t, ok, "left behind by an earlier goroutine: %d", got)
			s.EnterWith(i)
		})
	}
}

func TestLastEnterWithWins(t *testing.T) {
	var s als.Storage[int]
	testkit.InGoroutine(func() {
		for i := range 100 {
			s.EnterWith(i)
			wantStore(t, &s, i)
		}
	})
}

func TestEnterWithDoesNotChangeEarlierCaptures(t *testing.T) {
	var s als.Storage[int]
	testkit.InGoroutine(func() {
		s.EnterWith(1)
		snapshot := als.Snapshot()
		bound := als.Bind(s.Get)
		s.EnterWith(2)
		snapshot.Run(func() { wantStore(t, &s, 1) })
		assert.Equal(t, 1, bound())
		wantStore(t, &s, 2)
	})
}
