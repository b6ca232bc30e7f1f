package alstest

import (
	"strings"
	"time"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
)

// A goroutine that has not run yet, or has just begun to, has no stores that a check
// could see, but may be about to get some.
const (
	// startPatience is how long a check waits for goroutines that have not run yet. It is
	// much more than a scheduler needs, even on a loaded machine.
	startPatience = 10 * time.Second

	// runPatience is how long it waits for goroutines that could run. Most of them are
	// parked after a few steps; one that computes must not delay the check longer.
	runPatience = 100 * time.Millisecond
)

// settled waits until all goroutines have begun, and returns their stacks.
func settled() map[uint64]g.Stack {
	own := goroutine.ID()
	for start, pause := time.Now(), time.Microsecond; ; pause = min(2*pause, time.Millisecond) {
		stacks, unstarted, runnable := make(map[uint64]g.Stack), false, false
		for s := range g.Stacks(g.Traceback()) {
			stacks[s.ID] = s
			unstarted = unstarted || s.Unstarted
			runnable = runnable || s.ID != own && strings.HasPrefix(s.State, "run")
		}
		waited := time.Since(start)
		if (!unstarted || waited > startPatience) && (!runnable || waited > runPatience) {
			return stacks
		}
		time.Sleep(pause)
	}
}
