package als_test

import (
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestAfterFuncRunsInTheContextOfTheCall(t *testing.T) {
	var s, other als.Storage[int]
	testkit.InGoroutine(func() {
		fired := make(chan struct{})
		s.Run(1, func() {
			als.AfterFunc(time.Millisecond, func() {
				defer close(fired)
				wantStore(t, &s, 1)
				wantNone(t, &other)
				s.EnterWith(2)
			})
			s.EnterWith(3)
		})
		other.EnterWith(4)
		<-fired
		wantNone(t, &s)
	})
}

func TestAfterFuncWithoutStoresRunsWithoutStores(t *testing.T) {
	var s als.Storage[int]
	testkit.InGoroutine(func() {
		testkit.Through(func(f func()) { als.AfterFunc(0, f) }, func() { wantNone(t, &s) })
	})
}

func TestStopOfAnAfterFuncTimer(t *testing.T) {
	var s als.Storage[int]
	s.Run(1, func() {
		timer := als.AfterFunc(time.Hour, func() { t.Error("fired") })
		assert.True(t, timer.Stop())
		assert.False(t, timer.Stop())
	})
}

// However often the timer fires, after a Stop or a Reset, its function starts with the
// stores of the AfterFunc call.
func TestResetOfAnAfterFuncTimer(t *testing.T) {
	var s als.Storage[int]
	stores := make(chan int)
	var timer *time.Timer
	s.Run(1, func() {
		timer = als.AfterFunc(time.Hour, func() {
			stores <- s.Get()
			s.EnterWith(2)
		})
	})
	assert.True(t, timer.Stop())
	assert.False(t, timer.Reset(0))
	assert.Equal(t, 1, <-stores)
	for range 3 {
		timer.Reset(0)
		assert.Equal(t, 1, <-stores)
	}
	s.Run(3, func() { timer.Reset(0) })
	assert.Equal(t, 1, <-stores, "a Reset captures nothing")
}

// A Reset can make a timer fire while its function still runs.
func TestAfterFuncTimerThatFiresTwiceAtOnce(t *testing.T) {
	var s als.Storage[int]
	stores, done := make(chan int), make(chan struct{})
	var timer *time.Timer
	s.Run(1, func() {
		timer = als.AfterFunc(time.Hour, func() {
			stores <- s.Get()
			<-done
			stores <- s.Get()
		})
	})
	for range 3 {
		timer.Reset(0)
		assert.Equal(t, 1, <-stores)
	}
	close(done)
	for range 3 {
		assert.Equal(t, 1, <-stores)
	}
}
