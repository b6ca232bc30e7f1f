package gls

import (
	"sync"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// knowsG reports whether a g tells if its goroutine is alive.
func knowsG() bool { return g.StatusKnown() }

// park starts n goroutines, which each call f and then wait. release ends them.
func park(n int, f func(i int)) (release func()) {
	wait := make(chan struct{})
	var ready, done sync.WaitGroup
	ready.Add(n)
	done.Add(n)
	for i := range n {
		go func() {
			defer done.Done()
			f(i)
			ready.Done()
			<-wait
		}()
	}
	ready.Wait()
	return func() { close(wait); done.Wait() }
}
