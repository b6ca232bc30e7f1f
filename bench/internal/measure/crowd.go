package measure

import (
	"sync"

	"github.com/seed-1938943e/goroutine/bench/internal/ops"
)

// Crowd parks n goroutines, each of which holds a value of every implementation
// that has a Hold, and returns when all are parked. release ends them and waits
// until they have exited.
func Crowd(n int, impls []ops.Impl) (release func()) {
	var ready, done sync.WaitGroup
	gate := make(chan struct{})
	wait := func() {
		ready.Done()
		<-gate
	}
	for _, i := range impls {
		if hold, inner := i.Hold, wait; hold != nil {
			wait = func() { hold(inner) }
		}
	}
	ready.Add(n)
	done.Add(n)
	for range n {
		//alsvet:ignore the goroutines of the crowd must not share stores
		go func() {
			defer done.Done()
			wait()
		}()
	}
	ready.Wait()
	return func() {
		close(gate)
		done.Wait()
	}
}
