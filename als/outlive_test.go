package als_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
	"weak"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// After the end of a Run, a function from Outlive and goroutines that it starts still
// see the revoked stores, unlike a bound function.
func TestOutliveKeepsStoresThatAreRevoked(t *testing.T) {
	revoked, boxed := als.New(als.Options[string]{RevokeOnEnd: true}), als.New(als.Options[[9]int]{RevokeOnEnd: true})
	var kept, unset als.Storage[string]
	private := als.New(als.Options[string]{Inherit: als.InheritNever})
	var outlives, bound func()
	look := func(want bool) func() {
		return func() {
			check := func() {
				wantStore(t, &kept, "kept")
				wantNone(t, &unset)
				wantNone(t, private)
				if !want {
					wantNone(t, revoked)
					wantNone(t, boxed)
					return
				}
				wantStore(t, revoked, "revoked")
				wantStore(t, boxed, [9]int{8: 1})
			}
			check()
			testkit.Through(als.Go, check)
			als.Bind(check)()
			als.Outlive(check)()
			revoked.Run("inner", func() { wantStore(t, revoked, "inner") })
			check()
		}
	}
	testkit.InGoroutine(func() {
		kept.EnterWith("kept")
		revoked.Run("revoked", func() {
			defer boxed.WithScope([9]int{8: 1}).End()
			defer private.WithScope("private").End()
			outlives, bound = als.Outlive(look(true)), als.Bind(look(false))
			outlives()
			wantStore(t, revoked, "revoked")
			revoked.EnterWith("later")
		})
	})
	for range 2 {
		outlives()
		bound()
		testkit.InGoroutine(outlives)
	}
	wantNone(t, revoked)
}

func TestOutliveOfAStoreThatWasRevokedOrDisabled(t *testing.T) {
	s := als.New(als.Options[string]{RevokeOnEnd: true})
	var ended als.ExecutionContext
	s.Run("ended", func() { ended = als.Snapshot() })
	ended.Run(func() { als.Outlive(func() { wantNone(t, s) })() })

	var outlives func()
	s.Run("store", func() { outlives = als.Outlive(func() { wantStore(t, s, "store") }) })
	outlives()
	disabled := false
	s.Run("store", func() {
		outlives = als.Outlive(func() {
			if disabled {
				wantNone(t, s)
			} else {
				wantStore(t, s, "store")
				s.Disable()
				disabled = true
				wantNone(t, s)
			}
		})
	})
	outlives()
	outlives()
}

type outliveKey struct{}

func TestOutliveKeepsTheValuesOfTheAmbientContextButNotItsEnd(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), outliveKey{}, "value"), time.Hour)
	defer cancel()
	for how, around := range map[string]func(f func()){
		"RunContext":   func(f func()) { als.RunContext(ctx, f) },
		"WithContext":  func(f func()) { defer als.WithContext(ctx).End(); f() },
		"LeaseContext": func(f func()) { defer als.LeaseContext(ctx).End(); f() },
		"alshttp.Handler": func(f func()) {
			r := httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx)
			alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { f() })).ServeHTTP(httptest.NewRecorder(), r)
		},
	} {
		var outlives, nested func()
		look := func() {
			check := func() {
				got := als.Context()
				assert.Equal(t, "value", got.Value(outliveKey{}), how)
				assert.Nil(t, got.Done(), how)
				assert.NoError(t, got.Err(), how)
				_, ok := got.Deadline()
				assert.False(t, ok, how)
			}
			check()
			testkit.Through(als.Go, check)
			nested = als.Outlive(check)
		}
		around(func() {
			outlives = als.Outlive(look)
			outlives()
			assert.NotNil(t, als.Context().Done(), "%s: the caller's context has changed", how)
		})
		assert.True(t, als.Context() == context.Background(), how)
		outlives()
		nested()
	}
	als.Outlive(func() { assert.True(t, als.Context() == context.Background()) })()
}

func TestOutliveOfFunctionsOfOtherTypes(t *testing.T) {
	s := als.New(als.Options[int]{RevokeOnEnd: true})
	var add func(int) int
	var many func(...int) (int, error)
	s.Run(1, func() {
		add = als.Outlive(func(n int) int { return n + s.Get() })
		many = als.Outlive(func(n ...int) (int, error) { return len(n) + s.Get(), nil })
	})
	assert.Equal(t, 3, add(2))
	n, err := many(1, 2, 3)
	assert.Equal(t, 4, n)
	assert.NoError(t, err)
}

func TestOutliveKeepsStoresAliveNoLongerThanItsFunction(t *testing.T) {
	s := als.New(als.Options[*payload]{RevokeOnEnd: true})
	var w weak.Pointer[payload]
	var outlives func()
	testkit.InGoroutine(func() {
		var p *payload
		p, w = newPayload()
		s.Run(p, func() { outlives = als.Outlive(func() { _ = s.Get().fill[0] }) })
	})
	testkit.Held(t, "the store of work that outlives", w)
	outlives()
	outlives = nil
	testkit.Garbage(t, "the store of work that has ended", w)
}

func TestAllocationsOfOutlive(t *testing.T) {
	var s als.Storage[int]
	revoked := als.New(als.Options[int]{RevokeOnEnd: true})
	nop := func() {}
	testkit.InGoroutine(func() {
		s.EnterWith(1)
		als.Snapshot()
		wantAllocs(t, "Outlive without a store that is revoked", 2, func() { sinkFunc = als.Outlive(nop) })
		revoked.EnterWith(1)
		als.Snapshot()
		wantAllocs(t, "Outlive", 4, func() { sinkFunc = als.Outlive(nop) })
		f := als.Outlive(nop)
		wantAllocs(t, "a call", 0, f)
	})
}

// If the end of a Run and an Outlive happen at once, the store is kept or revoked, and
// never half of each.
func TestOutliveRacesWithTheEnd(t *testing.T) {
	s := als.New(als.Options[*int]{RevokeOnEnd: true})
	for range testkit.Scaled(t, 2000) {
		captured, done := make(chan als.ExecutionContext), make(chan struct{})
		go func() {
			defer close(done)
			c := <-captured
			c.Run(func() {
				als.Outlive(func() {
					if p, ok := s.GetStore(); ok {
						assert.Equal(t, 1, *p)
					} else {
						assert.Nil(t, p)
					}
				})()
			})
		}()
		one := 1
		s.Run(&one, func() { captured <- als.Snapshot() })
		<-done
	}
}
