package ops

import (
	"sync"
	"sync/atomic"
	"time"
)

// Stress opens and closes scopes of a system in several goroutines for a time d, and
// starts goroutines that carry the values, without waiting for each. It finds out
// whether the program crashes; it does not check the values.
func Stress(s System, d time.Duration) {
	make, ok := kits[s]
	if !ok {
		return // a table has no scopes
	}
	k := make()
	if k.start == nil {
		return
	}
	const parents, atOnce = 8, 256
	var done sync.WaitGroup
	var running atomic.Int64
	end := time.Now().Add(d)
	for range parents {
		done.Add(1)
		//alsvet:ignore each parent sets the stores of its children
		go func() {
			defer done.Done()
			for time.Now().Before(end) {
				k.scope(alice, func() {
					for range 8 {
						if running.Add(1) > atOnce {
							running.Add(-1)
							continue
						}
						done.Add(1)
						k.start(func() {
							defer done.Done()
							running.Add(-1)
						})
						k.scope(alice, nothing)
					}
				})
			}
		}()
	}
	done.Wait()
}
