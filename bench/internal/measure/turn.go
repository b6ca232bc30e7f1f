// Package measure runs operations in turn and measures their time and memory.
package measure

import (
	"runtime"
	"time"

	"github.com/seed-1938943e/goroutine/bench/internal/ops"
)

// A Turn is an operation that has entered its scopes and can be measured.
type Turn interface {
	// Time does the operation n times and returns how long that took.
	Time(n int) (time.Duration, error)

	// Cost does the operation n times and returns the allocations of one.
	Cost(n int) (Cost, error)

	// End leaves the operation's scopes.
	End()
}

// A Cost is the allocations of one operation.
type Cost struct{ Allocs, Bytes float64 }

// Start prepares an operation in a goroutine of its own, so that no system runs above
// values or stack frames of another.
func Start(i ops.Impl) Turn {
	t := &local{orders: make(chan func()), ended: make(chan struct{}), loop: i.Loop}
	//alsvet:ignore the operation enters the contexts that it measures
	go func() {
		defer close(t.ended)
		i.Within(func() {
			for order := range t.orders {
				order()
			}
		})
	}()
	return t
}

type local struct {
	orders chan func()
	ended  chan struct{}
	loop   func(n int)
}

func (t *local) do(f func()) {
	done := make(chan struct{})
	t.orders <- func() { defer close(done); f() }
	<-done
}

func (t *local) Time(n int) (d time.Duration, err error) {
	//alsvet:ignore it measures in the contexts of the operation, not in those of its caller
	t.do(func() {
		start := time.Now()
		t.loop(n)
		d = time.Since(start)
	})
	return d, nil
}

func (t *local) Cost(n int) (c Cost, err error) {
	//alsvet:ignore it measures in the contexts of the operation, not in those of its caller
	t.do(func() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		t.loop(n)
		runtime.ReadMemStats(&after)
		c.Allocs = float64(after.Mallocs-before.Mallocs) / float64(n)
		c.Bytes = float64(after.TotalAlloc-before.TotalAlloc) / float64(n)
	})
	return c, nil
}

func (t *local) End() {
	close(t.orders)
	<-t.ended
}
