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

// Stopped and then Reset, it still has its stores; Reset once it has fired, not.
func TestResetOfAnAfterFuncTimer(t *testing.T) {
	var s als.Storage[int]
	stores := make(chan int)
	var timer *time.Timer
	s.Run(1, func() { timer = als.AfterFunc(time.Hour, func() { stores <- s.Get() }) })
	assert.True(t, timer.Stop())
	assert.False(t, timer.Reset(0))
	assert.Equal(t, 1, <-stores)
	timer.Reset(0)
	assert.Equal(t, 0, <-stores)

	timer = time.AfterFunc(time.Hour, als.RunFunc(&s, 2, func() func() {
		return als.Bind(func() { stores <- s.Get() })
	}))
	for range 3 {
		timer.Reset(0)
		assert.Equal(t, 2, <-stores, "of time.AfterFunc with a bound function")
	}
}
