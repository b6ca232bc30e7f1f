// Package measure runs operations in turn and counts what they take.
package measure

import (
	"runtime"
	"time"

	"github.com/seed-1938943e/goroutine/bench/internal/ops"
)

// A Turn is an operation that is ready to be measured: it has entered what it
// needs and waits for orders.
type Turn interface {
	// Time does the operation n times and says how long it took.
	Time(n int) (time.Duration, error)

	// Cost does it n times and says what one of them allocates.
	Cost(n int) (Cost, error)

	// End lets the operation leave what it entered.
	End()
}

// A Cost is what an operation allocates.
type Cost struct{ Allocs, Bytes float64 }

// Start makes an operation ready in a goroutine of its own, so that no system
// measures on top of what another one put into the goroutine, and none below the
// stack frames of another.
func Start(i ops.Impl) Turn {
	t := &local{orders: make(chan func()), over: make(chan struct{}), loop: i.Loop}
	//alsvet:ignore the operation enters the contexts that it measures
	go func() {
		defer close(t.over)
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
	over   chan struct{}
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
	<-t.over
}
