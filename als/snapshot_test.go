package als_test

import (
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestSnapshotHoldsTheStoresOfAllStorages(t *testing.T) {
	var s, other, unset als.Storage[int]
	testkit.InGoroutine(func() {
		var c als.ExecutionContext
		s.Run(1, func() { other.Run(2, func() { c = als.Snapshot() }) })
		unset.EnterWith(3)
		c.Run(func() {
			wantStore(t, &s, 1)
			wantStore(t, &other, 2)
			wantNone(t, &unset)
		})
		wantNone(t, &s)
		wantNone(t, &other)
		wantStore(t, &unset, 3)
	})
}

func TestZeroExecutionContextHoldsNoStores(t *testing.T) {
	var s, other als.Storage[int]
	s.Run(1, func() {
		var zero als.ExecutionContext
		check := func() {
			wantNone(t, &s)
			assert.Equal(t, zero, als.Snapshot())
			other.EnterWith(2)
			testkit.Through(als.Go, func() { wantNone(t, &s); wantStore(t, &other, 2) })
			s.Run(3, func() { wantStore(t, &s, 3) })
			wantNone(t, &s)
		}
		zero.Run(check)
		wantStore(t, &s, 1)
		wantNone(t, &other)
		testkit.Through(zero.Go, check)
		testkit.InGoroutine(func() { zero.Run(check); wantNone(t, &other) })
		zero.Run(func() { wantNone(t, &other, "an earlier Run of the zero context") })
	})
}

func TestSnapshotIsImmutable(t *testing.T) {
	for _, revoke := range []bool{false, true} {
		s := als.New(als.Options[int]{RevokeOnEnd: revoke})
		other := als.New(als.Options[int]{RevokeOnEnd: revoke})
		s.Run(1, func() {
			c := als.Snapshot()
			check := func() {
				wantStore(t, s, 1)
				wantNone(t, other)
			}
			s.EnterWith(2) // by the goroutine that captured
			other.EnterWith(3)
			for range 3 {
				c.Run(func() { // by goroutines that run in it
					check()
					s.EnterWith(4)
					other.EnterWith(5)
					s.WithScope(6)
					c.Run(check)
					wantStore(t, s, 6)
					testkit.Through(c.Go, func() { check(); s.EnterWith(7) })
				})
				wantStore(t, s, 2)
				wantStore(t, other, 3)
			}
		})
	}
}

func TestExecutionContextRunInsideAnother(t *testing.T) {
	var s als.Storage[int]
	contexts := make([]als.ExecutionContext, 20)
	for i := range contexts {
		s.Run(i, func() { contexts[i] = als.Snapshot() })
	}
	var nest func(i int)
	nest = func(i int) {
		if i == len(contexts) {
			return
		}
		contexts[i].Run(func() {
			wantStore(t, &s, i)
			if i%2 == 0 {
				s.EnterWith(-i)
			}
			nest(i + 1)
			if i%2 == 0 {
				wantStore(t, &s, -i)
			} else {
				wantStore(t, &s, i)
			}
		})
	}
	nest(0)
	s.Run(99, func() { nest(0); wantStore(t, &s, 99) })
	wantNone(t, &s)
}

func TestExecutionContextIsUsedByManyGoroutinesAtOnce(t *testing.T) {
	var s, other als.Storage[int]
	var c als.ExecutionContext
	s.Run(1, func() { other.Run(2, func() { c = als.Snapshot() }) })
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Add(1)
		start := func(f func()) { go c.Run(f) }
		if g%2 == 0 {
			start = c.Go
		}
		start(func() {
			defer wg.Done()
			for i := range 200 {
				wantStore(t, &other, 2)
				s.Run(g*1000+i, func() { wantStore(t, &s, g*1000+i) })
				c.Run(func() { wantStore(t, &s, 1); s.EnterWith(i) })
				s.EnterWith(i)
				wantStore(t, &s, i)
			}
		})
	}
	wg.Wait()
	c.Run(func() { wantStore(t, &s, 1) })
}

func TestSnapshotsOfAnUnchangedContextAreEqual(t *testing.T) {
	var s, other als.Storage[int]
	testkit.InGoroutine(func() {
		s.EnterWith(1)
		other.EnterWith(2)
		a := als.Snapshot()
		assert.Equal(t, a, als.Snapshot())
		a.Run(func() { assert.Equal(t, a, als.Snapshot()) })
		assert.Equal(t, a, als.Snapshot())
		testkit.Through(als.Go, func() { assert.Equal(t, a, als.Snapshot()) })
	})
}

func TestBoundFunctionRunsInTheContextOfTheBindCall(t *testing.T) {
	var s, other als.Storage[int]
	var bound func()
	calls := 0
	s.Run(1, func() {
		bound = als.Bind(func() {
			calls++
			wantStore(t, &s, 1)
			wantNone(t, &other)
			s.EnterWith(7)
			other.EnterWith(8)
		})
		s.EnterWith(2)
	})
	bound()
	wantNone(t, &s)
	s.Run(3, func() {
		other.Run(4, func() {
			bound()
			wantStore(t, &s, 3)
			wantStore(t, &other, 4)
		})
	})
	testkit.InGoroutine(bound)
	testkit.Through(als.Go, bound)
	assert.Equal(t, 4, calls)
}

func TestFunctionBoundWithoutStoresRunsWithoutStores(t *testing.T) {
	var s als.Storage[int]
	var bound func()
	testkit.InGoroutine(func() { bound = als.Bind(func() { wantNone(t, &s) }) })
	s.Run(1, func() { bound(); wantStore(t, &s, 1) })
}

func TestBindOfABoundFunctionKeepsTheFirstContext(t *testing.T) {
	var s als.Storage[int]
	var get func() int
	s.Run(1, func() { get = als.Bind(s.Get) })
	s.Run(2, func() { get = als.Bind(get) })
	assert.Equal(t, 1, get())
}

func TestExecutionContextsAreComparedByTheirCapture(t *testing.T) {
	var s als.Storage[int]
	revoked := als.New(als.Options[int]{RevokeOnEnd: true})
	testkit.InGoroutine(func() {
		assert.True(t, als.ExecutionContext{}.IsZero())
		assert.True(t, als.Snapshot().IsZero())
		s.Run(1, func() {
			first, second := als.Snapshot(), als.Snapshot()
			assert.False(t, first.IsZero())
			assert.True(t, first == second)
			s.EnterWith(1)
			assert.False(t, first == als.Snapshot(), "an equal store has replaced it")
			first.Run(func() { assert.True(t, first == als.Snapshot()) })
			als.ExecutionContext{}.Run(func() { assert.True(t, als.Snapshot() == als.ExecutionContext{}) })
			s.Exit(func() { assert.True(t, als.Snapshot().IsZero()) })
		})
		var later als.ExecutionContext
		revoked.Run(1, func() { later = als.Snapshot() })
		assert.False(t, later.IsZero(), "its store was revoked")
	})
}
