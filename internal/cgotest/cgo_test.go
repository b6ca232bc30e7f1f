//go:build cgo

package cgotest

import (
	"sync/atomic"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestCallbackOnTheCallersThreadSeesTheCallersStores(t *testing.T) {
	var s, inner als.Storage[int]
	s.Run(1, func() {
		callback(func() {
			assert.Equal(t, 1, s.Get())
			s.Run(2, func() {
				callback(func() { // Go, C, Go, C, Go
					assert.Equal(t, 2, s.Get())
					inner.Run(3, func() { assert.Equal(t, 3, inner.Get()) })
					assert.Equal(t, 0, inner.Get())
				})
				assert.Equal(t, 2, s.Get())
			})
			assert.Equal(t, 1, s.Get())
			als.ExecutionContext{}.Run(func() { callback(func() { assert.Equal(t, 0, s.Get()) }) })
		})
		assert.Equal(t, 1, s.Get())
	})
}

func TestPanicPassesThroughAScopeAndC(t *testing.T) {
	var s als.Storage[int]
	s.Run(1, func() {
		func() {
			defer func() {
				assert.Equal(t, "through C", recover())
				assert.Equal(t, 1, s.Get())
			}()
			callback(func() { s.Run(2, func() { panic("through C") }) })
		}()
		assert.Equal(t, 1, s.Get())
	})
}

// A Run in a callback on a thread of C sets stores for that callback, and for its captures
// and goroutines of als.Go.
func TestRunInCallbacksOnThreadsOfC(t *testing.T) {
	s, boxed := als.New[int](), als.New[[9]int]()
	secret := als.New(als.Options[string]{RevokeOnEnd: true})
	var wrong, calls atomic.Int64
	want := func(ok bool) {
		if !ok {
			wrong.Add(1)
		}
	}
	n := 200
	if testing.Short() {
		n = 20
	}
	threads := callbacks(8, n, func(thread, call int) {
		calls.Add(1)
		mine := thread<<16 | call
		want(s.Get() == 0)
		s.Run(mine, func() {
			scope := boxed.WithScope([9]int{8: mine})
			secret.Run("secret", func() {
				c := als.Snapshot()
				check := func() {
					want(s.Get() == mine && boxed.Get()[8] == mine && secret.Get() == "secret")
				}
				check()
				callback(check) // and through C once more
				done := make(chan struct{})
				als.Go(func() { check(); s.EnterWith(-1); close(done) })
				<-done
				s.Exit(func() { want(s.Get() == 0); c.Run(check) })
				check()
			})
			scope.End()
			want(s.Get() == mine && boxed.Get() == [9]int{} && secret.Get() == "")
		})
		want(s.Get() == 0)
	})
	assert.Equal(t, 8, threads)
	assert.EqualValues(t, 8*n, calls.Load())
	assert.Zero(t, wrong.Load())
}

func TestSnapshotsCrossIntoCallbacksOnThreadsOfC(t *testing.T) {
	var s als.Storage[int]
	s.Run(1, func() {
		c := als.Snapshot()
		bound := als.Bind(s.Get)
		callbacks(4, 50, func(thread, call int) {
			if s.Get() != 0 {
				t.Errorf("thread %d starts with the store %d, want none", thread, s.Get())
			}
			if bound() != 1 {
				t.Errorf("thread %d: a bound function has lost its context", thread)
			}
			c.Run(func() {
				if s.Get() != 1 {
					t.Errorf("thread %d: a snapshot has lost its store", thread)
				}
			})
		})
	})
}

// A callback may see the store that EnterWith left in an earlier one. Run works all the
// same, and restores that store.
func TestRunOverAStoreThatACallbackLeft(t *testing.T) {
	var s als.Storage[int]
	callbacks(4, 100, func(thread, call int) {
		before, had := s.GetStore()
		s.Run(1000, func() {
			if s.Get() != 1000 {
				t.Errorf("got %d in the Run, want 1000", s.Get())
			}
		})
		if after, has := s.GetStore(); after != before || has != had {
			t.Errorf("%d %t before Run, %d %t after it", before, had, after, has)
		}
		s.EnterWith(thread<<16 | call)
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		if _, ok := s.GetStore(); ok {
			t.Error("another goroutine sees the store")
		}
	}()
	<-done
}

// The g of a callback has a dead status while its thread is in C, and runs the next
// callback with the same ID. Sweeps must not take away its record in the middle of a Run.
func TestSweepsWhileCallbacksComeAndGo(t *testing.T) {
	var s als.Storage[int]
	n := 2000
	if testing.Short() {
		n = 200
	}
	var lost atomic.Int64
	callBack := func() {
		threads := callbacks(4, n, func(thread, call int) {
			mine := thread<<16 | call
			s.Run(mine, func() {
				for range 20 {
					if got, ok := s.GetStore(); !ok || got != mine {
						lost.Add(1)
					}
					s.Exit(func() {})
				}
			})
		})
		assert.Equal(t, 4, threads)
	}
	testkit.UnderGC(func() { testkit.UnderGC(callBack) })
	assert.Zero(t, lost.Load(), "stores that were lost in the middle of a Run")
}
