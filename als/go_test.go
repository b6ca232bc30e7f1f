package als_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestGoStartsWithTheStoresOfTheCall(t *testing.T) {
	var s, entered, unset als.Storage[string]
	testkit.InGoroutine(func() {
		entered.EnterWith("entered")
		s.Run("run", func() {
			testkit.Through(als.Go, func() {
				wantStore(t, &s, "run")
				wantStore(t, &entered, "entered")
				wantNone(t, &unset)
				testkit.Through(als.Go, func() {
					wantStore(t, &s, "run")
					wantStore(t, &entered, "entered")
				})
			})
		})
		testkit.Through(als.Go, func() { wantNone(t, &s) })
	})
}

// The new goroutine may run long after its creator has left the Run.
func TestGoCapturesAtTheCallAndNotAtTheStart(t *testing.T) {
	var s als.Storage[int]
	testkit.InGoroutine(func() {
		var wg sync.WaitGroup
		gate := make(chan struct{})
		for i := range 50 {
			wg.Add(1)
			s.Run(i, func() {
				als.Go(func() {
					defer wg.Done()
					<-gate
					wantStore(t, &s, i)
				})
			})
			s.EnterWith(1000 + i)
		}
		close(gate)
		wg.Wait()
	})
}

func TestLaterChangesDoNotCrossBetweenCreatorAndGoroutine(t *testing.T) {
	for _, revoke := range []bool{false, true} {
		s := als.New(als.Options[int]{RevokeOnEnd: revoke})
		fresh := als.New(als.Options[int]{RevokeOnEnd: revoke})
		s.Run(1, func() {
			toChild, toParent, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
			als.Go(func() {
				defer close(done)
				s.EnterWith(2)
				fresh.EnterWith(3)
				toParent <- struct{}{}
				<-toChild
				wantStore(t, s, 2)
				wantStore(t, fresh, 3)
				s.Exit(func() { toParent <- struct{}{}; <-toChild })
				wantStore(t, s, 2)
			})
			<-toParent
			wantStore(t, s, 1)
			wantNone(t, fresh)
			s.EnterWith(4)
			fresh.EnterWith(5)
			toChild <- struct{}{}
			<-toParent
			wantStore(t, s, 4)
			wantStore(t, fresh, 5)
			s.Exit(func() { toChild <- struct{}{}; <-done })
			wantStore(t, s, 4)
			fresh.Disable()
		})
	}
}

func TestGoSharesTheStoreAndDoesNotCopyIt(t *testing.T) {
	s := als.New[*int]()
	p := new(int)
	s.Run(p, func() {
		testkit.Through(als.Go, func() { *s.Get() = 42 })
		assert.Equal(t, 42, *s.Get())
	})
}

func TestGoWithoutStoresRunsItsFunction(t *testing.T) {
	testkit.InGoroutine(func() {
		calls := 0
		testkit.Through(als.Go, func() { calls++ })
		testkit.Through(als.ExecutionContext{}.Go, func() { calls++ })
		assert.Equal(t, 2, calls)
	})
}

// A goroutine that Go started leaves an empty record to the next one on the same g.
func TestGoroutineAfterGoStartsWithoutStores(t *testing.T) {
	var s, other als.Storage[int]
	for i := range testkit.ScaledByG(t, 2000) {
		s.Run(i, func() {
			testkit.Through(als.Go, func() {
				if i%2 == 0 {
					other.EnterWith(i)
				}
				if i%3 == 0 {
					s.WithScope(i)
				}
			})
		})
		testkit.InGoroutine(func() {
			wantNone(t, &s)
			wantNone(t, &other)
			assert.Equal(t, als.ExecutionContext{}, als.Snapshot())
		})
	}
}

// Goroutines that als did not start, and functions that they call, start without stores.
func TestPlainGoroutinesStartWithoutStores(t *testing.T) {
	if inheriting {
		t.Skip("with inheritance they start with stores")
	}
	var s als.Storage[int]
	for how, start := range map[string]func(func()){
		"go": func(f func()) { go f() },
		"sync.WaitGroup": func(f func()) {
			var wg sync.WaitGroup
			wg.Add(1)
			go func() { defer wg.Done(); f() }()
			wg.Wait()
		},
		"time.AfterFunc": func(f func()) { time.AfterFunc(0, f) },
		"worker":         func(f func()) { jobs <- f },
		"finalizer": func(f func()) {
			ran := make(chan struct{})
			runtime.SetFinalizer(new([64]*int), func(*[64]*int) { defer close(ran); f() })
			testkit.EventuallyCollected(t, "the finalizer ran", func() bool { return testkit.Closed(ran) })
		},
		"cleanup": func(f func()) {
			ran := make(chan struct{})
			runtime.AddCleanup(new([64]*int), func(int) { defer close(ran); f() }, 0)
			testkit.EventuallyCollected(t, "the cleanup ran", func() bool { return testkit.Closed(ran) })
		},
	} {
		s.Run(1, func() {
			testkit.Through(start, func() { wantNone(t, &s, how) })
			testkit.Through(start, als.Bind(func() { wantStore(t, &s, 1, "%s of a bound function", how) }))
			testkit.Through(start, func() { s.Run(2, func() { wantStore(t, &s, 2, how) }) })
			testkit.Through(start, func() { wantNone(t, &s, "%s, once more", how) })
			wantStore(t, &s, 1)
		})
	}
}

// jobs is a pool of one worker, which outlives the stores of the goroutines that use it.
var jobs = func() chan<- func() {
	c := make(chan func())
	go func() {
		for f := range c {
			f()
		}
	}()
	return c
}()
