package hooks_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"weak"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSecondEmitDestroyIsAnError(t *testing.T) {
	r := record(t)
	for _, opts := range [][]hooks.ResourceOptions{nil, {{}}, {{RequireManualDestroy: true}}} {
		a := hooks.NewAsyncResource("a", opts...)
		require.NoError(t, a.EmitDestroy())
		for range 3 {
			assert.Equal(t, hooks.ErrDestroyed, a.EmitDestroy())
		}
		assert.Equal(t, []string{"init", "destroy"}, r.of(a.AsyncID()))
	}
	assert.EqualError(t, hooks.ErrDestroyed, "hooks: EmitDestroy: the resource has been destroyed")
}

func TestDestroyedResourceRunsFunctionsWithoutEvents(t *testing.T) {
	r := record(t)
	testkit.InGoroutine(func() {
		var a *hooks.AsyncResource
		store.Run("creator", func() { a = manual("a") })
		bound := a.Bind(func() { wantIn(t, a); assert.Equal(t, "creator", store.Get()) })
		require.NoError(t, a.EmitDestroy())
		bound()
		assert.Equal(t, "x", testkit.Caught(func() { a.RunInAsyncScope(func() { panic("x") }) }))
		testkit.InGoroutine(func() { a.RunInAsyncScope(runtime.Goexit) })
		a.RunInAsyncScope(func() { assert.Equal(t, hooks.ErrDestroyed, a.EmitDestroy()) })
		wantNoScope(t)
		assert.Equal(t, []string{"init a", "destroy a"}, r.lines())
	})
}

// If EmitDestroy is called inside the scope, in a function or in a callback, Destroy
// is called when the outermost function has ended, outside the scope.
func TestEmitDestroyInsideTheScope(t *testing.T) {
	for _, where := range []string{"function", "deferred", "nested", "Before", "After", "panic", "Goexit"} {
		t.Run(where, func(t *testing.T) {
			r := record(t)
			testkit.InGoroutine(func() {
				a := manual("a")
				emit := func() {
					if hooks.ExecutionAsyncID() != a.AsyncID() || a.EmitDestroy() != nil {
						t.Error("EmitDestroy is called outside the scope, or returns an error")
					}
					assert.NotContains(t, r.of(a.AsyncID()), "destroy", "the scope has not ended")
				}
				var cb hooks.Callbacks
				want := []string{"init", "before", "after", "destroy"}
				fn := emit
				switch where {
				case "deferred":
					fn = func() { defer emit() }
				case "nested":
					fn = func() { a.RunInAsyncScope(emit); a.RunInAsyncScope(func() {}) }
					// The third run begins after EmitDestroy.
					want = []string{"init", "before", "before", "after", "after", "destroy"}
				case "Before":
					cb.Before, fn = func(hooks.ID) { emit() }, func() {}
				case "After":
					cb.After, fn = func(hooks.ID) { emit() }, func() {}
				case "panic":
					fn = func() { emit(); panic("x") }
				case "Goexit":
					fn = func() { emit(); runtime.Goexit() }
				}
				defer hooks.New(cb).Enable().Disable()
				defer func() {
					assert.Equal(t, want, r.of(a.AsyncID()))
					assert.Equal(t, hooks.ID(1), r.await("destroy", a.AsyncID()).scope)
					assert.Equal(t, hooks.ErrDestroyed, a.EmitDestroy())
				}()
				defer func() { recover() }()
				a.RunInAsyncScope(fn)
			})
		})
	}
}

// If EmitDestroy is called while functions run in several goroutines, the goroutine
// whose function ends last calls Destroy.
func TestEmitDestroyWhileSeveralGoroutinesRun(t *testing.T) {
	const running = 8
	for range testkit.ScaledByG(t, 50) {
		r := record(t)
		a := manual("a")
		var begun, others, last sync.WaitGroup
		releaseOthers, releaseLast := make(chan struct{}), make(chan struct{})
		var lastID uint64
		for i := range running {
			release, ended := releaseOthers, &others
			if i == 0 {
				release, ended = releaseLast, &last
			}
			begun.Add(1)
			ended.Add(1)
			go func() {
				defer ended.Done()
				defer func() { recover() }()
				if i == 0 {
					lastID = goroutine.ID()
				}
				a.RunInAsyncScope(func() {
					begun.Done()
					<-release
					switch i % 3 {
					case 1:
						panic(i)
					case 2:
						runtime.Goexit()
					}
				})
			}()
		}
		begun.Wait()
		require.NoError(t, a.EmitDestroy())
		a.RunInAsyncScope(func() {})
		assert.NotContains(t, r.of(a.AsyncID()), "destroy")
		close(releaseOthers)
		others.Wait()
		assert.NotContains(t, r.of(a.AsyncID()), "destroy")
		close(releaseLast)
		last.Wait()
		of := r.of(a.AsyncID())
		assert.Len(t, of, 1+2*running+1)
		assert.Equal(t, "destroy", of[len(of)-1])
		assert.Equal(t, lastID, r.await("destroy", a.AsyncID()).goroutine)
		r.hook.Disable()
	}
}

// Goroutines run functions and call EmitDestroy at once: one call succeeds, and no
// event follows Destroy.
func TestEmitDestroyRaces(t *testing.T) {
	for range testkit.ScaledByG(t, 1000) {
		r := record(t)
		a := manual("a")
		var wg sync.WaitGroup
		var destroyed atomic.Int32
		for range 4 {
			wg.Add(2)
			go func() { defer wg.Done(); a.RunInAsyncScope(func() {}) }()
			go func() {
				defer wg.Done()
				if a.EmitDestroy() == nil {
					destroyed.Add(1)
				}
			}()
		}
		wg.Wait()
		require.EqualValues(t, 1, destroyed.Load())
		r.hook.Disable()
		of := r.of(a.AsyncID())
		running := 0
		for i, what := range of {
			switch what {
			case "before":
				running++
			case "after":
				running--
			case "destroy":
				require.Zero(t, running, of)
				require.Equal(t, len(of)-1, i, of)
			}
		}
		require.Equal(t, "destroy", of[len(of)-1])
	}
}

// A counter counts the Destroy events of each resource, and keeps no resource alive.
type counter struct {
	mu     sync.Mutex
	counts map[hooks.ID]int
	scopes map[hooks.ID]hooks.ID
}

func countDestroys(t *testing.T) *counter {
	c := &counter{counts: map[hooks.ID]int{}, scopes: map[hooks.ID]hooks.ID{}}
	h := hooks.New(hooks.Callbacks{Destroy: func(id hooks.ID) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.counts[id]++
		c.scopes[id] = hooks.ExecutionAsyncID()
	}}).Enable()
	t.Cleanup(func() { h.Disable() })
	return c
}

func (c *counter) of(id hooks.ID) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[id]
}

// leave calls do with a new resource and leaves the resource to the collector.
//
//go:noinline
func leave(do func(*hooks.AsyncResource), opts ...hooks.ResourceOptions) (hooks.ID, weak.Pointer[hooks.AsyncResource]) {
	a := hooks.NewAsyncResource("left", opts...)
	do(a)
	return a.AsyncID(), weak.Make(a)
}

func TestGarbageIsDestroyedOnce(t *testing.T) {
	nothing := func(*hooks.AsyncResource) {}
	for _, c := range []struct {
		name string
		do   func(*hooks.AsyncResource)
		opts []hooks.ResourceOptions
		want int
	}{
		{"unused", nothing, nil, 1},
		{"with options", nothing, []hooks.ResourceOptions{{TriggerAsyncID: 1}}, 1},
		{"used", func(a *hooks.AsyncResource) { a.RunInAsyncScope(func() {}) }, nil, 1},
		{"used with a panic", func(a *hooks.AsyncResource) { testkit.Caught(func() { a.RunInAsyncScope(func() { panic(a) }) }) }, nil, 1},
		{"used with Goexit", func(a *hooks.AsyncResource) { testkit.InGoroutine(func() { a.RunInAsyncScope(runtime.Goexit) }) }, nil, 1},
		{"used by goroutines", func(a *hooks.AsyncResource) {
			testkit.Through(als.Go, func() { a.RunInAsyncScope(func() { testkit.Through(als.Go, func() {}) }) })
		}, nil, 1},
		{"asked for", func(a *hooks.AsyncResource) { a.RunInAsyncScope(func() { hooks.ExecutionAsyncResource() }) }, nil, 1},
		{"bound", func(a *hooks.AsyncResource) { a.Bind(func() {})() }, nil, 1},
		{"in a cycle", func(a *hooks.AsyncResource) {
			var f func()
			f = a.Bind(func() { _ = f })
		}, nil, 1},
		{"with stores", func(a *hooks.AsyncResource) {
			a.RunInAsyncScope(func() { store.EnterWith("x"); als.Snapshot() })
		}, nil, 1},
		{"destroyed", func(a *hooks.AsyncResource) { _ = a.EmitDestroy() }, nil, 1},
		{"destroyed inside", func(a *hooks.AsyncResource) { a.RunInAsyncScope(func() { _ = a.EmitDestroy() }) }, nil, 1},
		{"destroyed and used", func(a *hooks.AsyncResource) { _ = a.EmitDestroy(); a.RunInAsyncScope(func() {}) }, nil, 1},
		{"manual", nothing, []hooks.ResourceOptions{{RequireManualDestroy: true}}, 0},
		{"manual, destroyed", func(a *hooks.AsyncResource) { _ = a.EmitDestroy() }, []hooks.ResourceOptions{{RequireManualDestroy: true}}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			destroys := countDestroys(t)
			id, w := leave(c.do, c.opts...)
			testkit.Eventually(t, "collected with a hook enabled", func() bool { runtime.GC(); return w.Value() == nil })
			testkit.Eventually(t, "Destroy", func() bool { runtime.GC(); return destroys.of(id) >= c.want })
			testkit.Collect(t, 4)
			assert.Equal(t, c.want, destroys.of(id))
			assert.Equal(t, hooks.ID(1), max(1, destroys.scopes[id]))
		})
	}
}

// A goroutine that lives on releases a resource when it has left its scope.
func TestLivingGoroutineKeepsNoResourceThatItLeft(t *testing.T) {
	destroys := countDestroys(t)
	var id hooks.ID
	var w weak.Pointer[hooks.AsyncResource]
	ready, release := make(chan struct{}), make(chan struct{})
	als.Go(func() {
		id, w = leave(func(a *hooks.AsyncResource) { a.RunInAsyncScope(func() { a.RunInAsyncScope(func() {}) }) })
		close(ready)
		<-release
	})
	<-ready
	testkit.Eventually(t, "collected", func() bool { runtime.GC(); return w.Value() == nil && destroys.of(id) == 1 })
	close(release)
}

// A resource is alive while a function runs in it, even if nothing else refers to it.
func TestScopeKeepsItsResource(t *testing.T) {
	destroys := countDestroys(t)
	var id hooks.ID
	testkit.InGoroutine(func() {
		id, _ = leave(func(a *hooks.AsyncResource) {
			w := weak.Make(a)
			a = nil
			w.Value().RunInAsyncScope(func() {
				for range 5 {
					runtime.GC()
				}
				assert.NotNil(t, w.Value())
				assert.True(t, hooks.ExecutionAsyncResource() == any(w.Value()))
				assert.Zero(t, destroys.of(hooks.ExecutionAsyncID()))
			})
		})
	})
	testkit.Eventually(t, "Destroy", func() bool { runtime.GC(); return destroys.of(id) == 1 })
}

func TestBoundFunctionKeepsItsResource(t *testing.T) {
	destroys := countDestroys(t)
	f, a := hooks.Bind(func() {}, "")
	id := a.AsyncID()
	a = nil
	testkit.Collect(t, 4)
	assert.Zero(t, destroys.of(id))
	f()
	f = nil
	testkit.Eventually(t, "Destroy", func() bool { runtime.GC(); return destroys.of(id) == 1 })
}

// A garbage resource is destroyed if a hook with a Destroy callback is enabled when it
// is collected. A hook at its creation does not count.
func TestGarbageIsDestroyedOnlyForAHookThatIsEnabledThen(t *testing.T) {
	early := newRecorder()
	early.hook.Enable()
	id, w := leave(func(*hooks.AsyncResource) {})
	early.events = nil // they hold the resource
	early.hook.Disable()
	others := hooks.New(hooks.Callbacks{Before: func(hooks.ID) {}}).Enable()
	testkit.Eventually(t, "collected", func() bool { runtime.GC(); return w.Value() == nil })
	testkit.Collect(t, 4)
	others.Disable()
	late := countDestroys(t)
	testkit.Collect(t, 4)
	assert.Zero(t, late.of(id))
	assert.Empty(t, early.of(id))

	// The control: created with no hook, collected with one.
	h := hooks.New(hooks.Callbacks{})
	h.Enable()
	h.Disable()
	id, _ = leave(func(*hooks.AsyncResource) {})
	testkit.Eventually(t, "Destroy", func() bool { runtime.GC(); return late.of(id) == 1 })
}

// A hook that is enabled while a function runs gets the After event, unless Destroy
// came first.
func TestHookEnabledInsideAFunction(t *testing.T) {
	for _, destroyed := range []bool{false, true} {
		r := newRecorder()
		a := manual("a")
		a.RunInAsyncScope(func() {
			r.hook.Enable()
			if destroyed {
				require.NoError(t, a.EmitDestroy())
			}
		})
		a.RunInAsyncScope(func() {})
		r.hook.Disable()
		if destroyed {
			assert.Equal(t, []string{"destroy"}, r.of(a.AsyncID()))
		} else {
			assert.Equal(t, []string{"after", "before", "after"}, r.of(a.AsyncID()))
		}
		assert.EqualValues(t, 1, hooks.ExecutionAsyncID())
	}
}
