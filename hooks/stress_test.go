package hooks_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Goroutines, and their children of als.Go, create, run and destroy a thousand
// resources while hooks are enabled and disabled. The log of a hook that is enabled
// throughout balances.
func TestLogBalances(t *testing.T) {
	r := record(t)
	const workers = 10
	each := testkit.ScaledByG(t, 1000) / workers
	resources := make([]*hooks.AsyncResource, workers*each)
	toggle := func() {
		h := newRecorder().hook.Enable()
		runtime.Gosched()
		h.Disable()
	}
	testkit.Meanwhile(toggle, func() {
		useResources(t, resources, workers)
		for _, e := range r.all() {
			if e.what == "init" {
				r.await("destroy", e.id)
			}
		}
	})
	r.hook.Disable()

	types := balance(t, r.all())
	assert.Equal(t, map[string]int{"r": workers * each, "GOROUTINE": workers * each}, types)
}

// useResources fills resources, and runs and destroys them, on the given number of
// goroutines.
func useResources(t *testing.T, resources []*hooks.AsyncResource, workers int) {
	each := len(resources) / workers
	var created, done, children sync.WaitGroup
	created.Add(workers)
	for w := range workers {
		done.Add(1)
		go func() {
			defer done.Done()
			for i := range each {
				resources[w*each+i] = manual("r")
			}
			created.Done()
			created.Wait()
			// Each worker runs its own and its neighbours' resources, and destroys its own.
			for i := range each {
				mine, next, other := resources[w*each+i], resources[(w*each+i+1)%len(resources)], resources[((w+1)*each+i)%len(resources)]
				mine.RunInAsyncScope(func() {
					testkit.Caught(func() { other.RunInAsyncScope(func() { next.Bind(func() { panic(i) })() }) })
					children.Add(1)
					als.Go(func() {
						defer children.Done()
						other.RunInAsyncScope(func() {
							if i%3 == 0 {
								runtime.Goexit()
							}
						})
					})
					if i%2 == 0 {
						assert.NoError(t, mine.EmitDestroy())
					}
				})
				if i%2 != 0 {
					assert.NoError(t, mine.EmitDestroy())
				}
			}
		}()
	}
	done.Wait()
	children.Wait()
}

// balance checks a log that has all events of its resources, and returns how many
// resources of each type there were.
func balance(t *testing.T, events []event) (types map[string]int) {
	type life struct {
		running   int
		destroyed bool
	}
	types = map[string]int{}
	lives := map[hooks.ID]*life{}
	nesting := map[uint64][]hooks.ID{} // of goroutines
	for _, e := range events {
		l := lives[e.id]
		if e.what == "init" {
			require.Nil(t, l, "two with ID %d", e.id)
			require.Greater(t, e.id, hooks.ID(1))
			lives[e.id] = new(life)
			types[e.typ]++
			continue
		}
		require.NotNil(t, l, "%s before init of %d", e.what, e.id)
		require.False(t, l.destroyed, "%s after destroy of %d", e.what, e.id)
		stack := nesting[e.goroutine]
		switch e.what {
		case "before":
			nesting[e.goroutine] = append(stack, e.id)
			l.running++
		case "after":
			require.NotEmpty(t, stack, "after without before")
			require.Equal(t, stack[len(stack)-1], e.id, "not nested")
			nesting[e.goroutine] = stack[:len(stack)-1]
			l.running--
		case "destroy":
			require.Zero(t, l.running, "destroy while it runs")
			l.destroyed = true
		}
	}
	for id, l := range lives {
		require.True(t, l.destroyed, "%d is not destroyed", id)
	}
	for _, stack := range nesting {
		require.Empty(t, stack, "before without after")
	}
	return types
}
