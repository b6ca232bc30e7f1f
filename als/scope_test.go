package als_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestDeferredScopeIsARunWithoutAFunction(t *testing.T) {
	var s als.Storage[string]
	inner := func() {
		defer s.WithScope("inner").End()
		wantStore(t, &s, "inner")
	}
	outer := func() {
		defer s.WithScope("outer").End()
		wantStore(t, &s, "outer")
		inner()
		wantStore(t, &s, "outer")
	}
	outer()
	wantNone(t, &s)
}

func TestEndOfTheZeroScopeDoesNothing(t *testing.T) {
	var s als.Storage[int]
	var zero als.Scope[int]
	zero.End()
	s.Run(1, func() {
		zero.End()
		zero.End()
		wantStore(t, &s, 1)
	})
	testkit.InGoroutine(zero.End)
}

func TestCopiesOfAScopeAreTheSameScope(t *testing.T) {
	var s als.Storage[int]
	a := s.WithScope(1)
	b := s.WithScope(2)
	again := b
	b.End()
	wantStore(t, &s, 1)
	again.End() // must not end the one beneath
	wantStore(t, &s, 1)
	ended := a
	ended.End()
	wantNone(t, &s)
	a.End()
	wantNone(t, &s)
	assert.Equal(t, a, ended)
}

func TestEndOnAnotherGoroutinePanicsAndChangesNothing(t *testing.T) {
	s := als.New[int]()
	for how, start := range starts {
		outer, inner := s.WithScope(1), s.WithScope(2)
		testkit.Through(start, func() {
			for range 2 {
				assert.Equal(t, "als: Scope.End: called on another goroutine than WithScope", testkit.Caught(inner.End), how)
				assert.Equal(t, "als: Scope.End: called on another goroutine than WithScope", testkit.Caught(outer.End), how)
			}
			if how != "go" {
				wantStore(t, s, 2)
			}
		})
		wantStore(t, s, 2)
		inner.End()
		wantStore(t, s, 1)
		outer.End()
		wantNone(t, s)
	}
}

var starts = map[string]func(func()){
	"go": func(f func()) { go f() }, "als.Go": als.Go, "bound": func(f func()) { go als.Bind(f)() },
}

// With RevokeOnEnd any goroutine may end a scope. The store is then gone in all captures,
// and the opener has the store beneath.
func TestEndOnAnotherGoroutineRevokes(t *testing.T) {
	s := als.New(als.Options[int]{RevokeOnEnd: true})
	for how, start := range starts {
		s.Run(1, func() {
			outer, inner := s.WithScope(2), s.WithScope(3)
			captured := als.Snapshot()
			elsewhere := func(end func()) {
				testkit.Through(start, func() {
					end()
					captured.Run(func() { wantNone(t, s, how) })
					end()
				})
			}
			s.Run(4, func() {
				elsewhere(inner.End)
				wantStore(t, s, 4, how)
			})
			wantStore(t, s, 2, how)
			testkit.Through(als.Go, func() { wantStore(t, s, 2, how) })
			inner.End()
			wantStore(t, s, 2, how)
			captured.Run(func() { wantNone(t, s, how) })
			s.EnterWith(5)
			elsewhere(outer.End)
			s.EnterWith(6)
			wantStore(t, s, 6, how)
			outer.End()
			wantStore(t, s, 6, how)
		})
		wantNone(t, s, how)
	}
}

// A capture has the store beneath the ended scope, also while the goroutine holds a store
// with InheritNever.
func TestCaptureAfterEndOnAnotherGoroutine(t *testing.T) {
	s := als.New(als.Options[int]{RevokeOnEnd: true})
	never := als.New(als.Options[int]{Inherit: als.InheritNever})
	for _, inherit := range []func(f func()){func(f func()) { f() }, func(f func()) { never.Run(1, f) }} {
		s.Run(1, func() {
			inherit(func() {
				testkit.InGoroutine(s.WithScope(2).End)
				als.Snapshot().Run(func() { wantStore(t, s, 1) })
				testkit.InGoroutine(s.WithScope(2).End)
				testkit.Through(als.Go, func() { wantStore(t, s, 1) })
			})
		})
	}
}

// The end of a scope on another goroutine does not disturb what its opener does meanwhile.
func TestEndOnAnotherGoroutineWhileItsOpenerIsAtWork(t *testing.T) {
	s := als.New(als.Options[int]{RevokeOnEnd: true})
	testkit.InGoroutine(func() {
		s.EnterWith(1)
		for range testkit.ScaledByG(t, 3000) {
			scope := s.WithScope(2)
			var ended sync.WaitGroup
			ended.Add(1)
			go func() { defer ended.Done(); scope.End() }()
			for seen := false; !seen; {
				got := s.Get()
				seen = got == 1
				if !seen && got != 2 {
					t.Errorf("got store %d, want 1 or 2", got)
				}
				s.Run(3, func() { als.Snapshot().Run(func() { wantStore(t, s, 3) }) })
				runtime.Gosched()
			}
			ended.Wait()
			scope.End()
			wantStore(t, s, 1)
		}
	})
}

func TestScopeOfAGoroutineThatExitedCannotBeEnded(t *testing.T) {
	var s als.Storage[int]
	var left als.Scope[int]
	testkit.InGoroutine(func() { left = s.WithScope(1) })
	for range testkit.ScaledByG(t, 500) { // some of them on the same g
		testkit.InGoroutine(func() {
			s.EnterWith(2)
			assert.NotNil(t, testkit.Caught(left.End))
			wantStore(t, &s, 2)
		})
	}
}

func TestOpenScopeEndsWithItsEnclosure(t *testing.T) {
	for _, revoke := range []bool{false, true} {
		s := als.New(als.Options[string]{RevokeOnEnd: revoke})
		for what, around := range map[string]func(func()){
			"Run":                  func(f func()) { s.Run("run", f) },
			"Exit":                 s.Exit,
			"ExecutionContext.Run": func(f func()) { als.Snapshot().Run(f) },
			"bound":                func(f func()) { als.Bind(f)() },
		} {
			testkit.InGoroutine(func() {
				s.EnterWith("before")
				var left [3]als.Scope[string]
				around(func() {
					for i := range left {
						left[i] = s.WithScope("left open")
					}
					left[1].End()
					wantStore(t, s, "left open", what)
				})
				wantStore(t, s, "before", what)
				s.EnterWith("after")
				for i := range left {
					left[i].End() // has ended before
					wantStore(t, s, "after", what)
				}
			})
		}
	}
}

func TestScopeThatIsNeverEndedLastsAsLongAsAnEnterWith(t *testing.T) {
	var s als.Storage[int]
	testkit.InGoroutine(func() {
		s.WithScope(1)
		wantStore(t, &s, 1)
		testkit.Through(als.Go, func() { wantStore(t, &s, 1) })
		s.Run(2, func() { wantStore(t, &s, 2) })
		wantStore(t, &s, 1)
	})
	wantNone(t, &s)
}

func TestScopesOfDifferentStoragesEndInAnyOrder(t *testing.T) {
	var storages [4]als.Storage[int]
	permutations([]int{0, 1, 2, 3}, func(order []int) {
		testkit.InGoroutine(func() {
			var scopes [4]als.Scope[int]
			for i := range scopes {
				scopes[i] = storages[i].WithScope(i)
			}
			open := [4]bool{true, true, true, true}
			for _, i := range order {
				scopes[i].End()
				open[i] = false
				for j := range open {
					if open[j] {
						wantStore(t, &storages[j], j)
					} else {
						wantNone(t, &storages[j])
					}
				}
			}
		})
	})
}

func TestScopeInsideAGoroutineThatAlsGoStarted(t *testing.T) {
	var s als.Storage[int]
	s.Run(1, func() {
		testkit.Through(als.Go, func() {
			scope := s.WithScope(2)
			wantStore(t, &s, 2)
			testkit.Through(als.Go, func() { wantStore(t, &s, 2) })
			scope.End()
			wantStore(t, &s, 1)
		})
	})
}

// The end of a scope whose store does not fit into a cell must not change the store,
// because captures share it.
func TestEndOfAScopeDoesNotTouchTheStoreItself(t *testing.T) {
	s := als.New[[]byte]()
	scope := s.WithScope([]byte("bytes"))
	snapshot := als.Snapshot()
	scope.End()
	snapshot.Run(func() { wantStore(t, s, []byte("bytes")) })
}

// The cost of an operation does not depend on how many scopes are open, of this storage or
// of another. Otherwise this test would run for minutes.
func TestThousandsOfOpenScopes(t *testing.T) {
	n := testkit.ScaledByG(t, 60_000)
	for _, revoke := range []bool{false, true} {
		s, other := als.New(als.Options[int]{RevokeOnEnd: revoke}), als.New[int]()
		testkit.InGoroutine(func() {
			for i := range n {
				defer func() { wantStore(t, other, 1) }()
				defer s.WithScope(i).End()
				other.Run(2, func() {})
				other.WithScope(3).End()
			}
			other.EnterWith(1)
			wantStore(t, s, n-1)
		})
		testkit.InGoroutine(func() {
			scopes := make([]als.Scope[int], n)
			for i := range scopes {
				scopes[i] = s.WithScope(i)
			}
			bound := als.Bind(func() { wantStore(t, s, n-1) })
			for _, scope := range scopes[:n-1] {
				scope.End()
				bound()
			}
			wantStore(t, s, n-1)
			scopes[n-1].End()
			wantNone(t, s)
		})
	}
}
