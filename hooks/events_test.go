package hooks_test

import (
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEventsOfAResource(t *testing.T) {
	r := record(t)
	testkit.InGoroutine(func() {
		a := manual("a")
		a.RunInAsyncScope(func() {
			b := manual("b")
			b.RunInAsyncScope(func() { a.Bind(func() {})() })
			assert.NoError(t, b.EmitDestroy())
		})
		a.RunInAsyncScope(func() {})
		assert.NoError(t, a.EmitDestroy())
	})
	assert.Equal(t, []string{
		"init a", "before a", "init b", "before b", "before a", "after a", "after b", "destroy b", "after a",
		"before a", "after a", "destroy a",
	}, r.lines())
}

// Init is called on the creator, before Go returns; the others in the new goroutine.
func TestEventsOfAGoroutine(t *testing.T) {
	for how, start := range starts {
		t.Run(how, func(t *testing.T) {
			r := record(t)
			testkit.InGoroutine(func() {
				manual("creator").RunInAsyncScope(func() {
					creator := hooks.ExecutionAsyncID()
					gate, done := make(chan struct{}), make(chan struct{})
					var here uint64
					start(func() { <-gate; here = goroutine.ID(); close(done) })
					events := r.all()
					init := events[slices.IndexFunc(events, func(e event) bool { return e.typ == "GOROUTINE" })]
					assert.Equal(t, "init", init.what)
					assert.Equal(t, creator, init.trigger)
					assert.Equal(t, creator, init.scope, "Init is in the scope of the creator")
					assert.Equal(t, goroutine.ID(), init.goroutine)
					close(gate)
					<-done
					r.await("destroy", init.id)
					assert.Equal(t, []string{"init", "before", "after", "destroy"}, r.of(init.id))
					for _, e := range r.all() {
						if e.id == init.id && e.what != "init" {
							assert.Equal(t, here, e.goroutine, e.what)
						}
						if e.id == init.id && (e.what == "before" || e.what == "after") {
							assert.Equal(t, init.id, e.scope, e.what)
							assert.Equal(t, creator, e.scopeTrigger, e.what)
							assert.True(t, init.resource == e.scopeResource, e.what)
						}
					}
				})
			})
		})
	}
}

func TestCallbacksAreInTheContextOfTheResource(t *testing.T) {
	r := record(t)
	var a *hooks.AsyncResource
	var g hooks.ID
	testkit.InGoroutine(func() {
		store.Run("creator", func() {
			a = manual("a")
			g = r.goThrough(func() {
				assert.Equal(t, "creator", store.Get())
				store.EnterWith("entered")
			})
		})
		store.Run("caller", func() {
			a.RunInAsyncScope(func() { store.EnterWith("entered") })
			require.NoError(t, a.EmitDestroy())
		})
	})
	for _, e := range r.all() {
		switch {
		case e.what == "init":
			assert.Equal(t, "creator", e.store)
			assert.Equal(t, hooks.ID(1), e.scope)
			assert.Equal(t, hooks.ID(1), e.trigger)
			if e.id == a.AsyncID() {
				assert.True(t, e.resource == any(a), "Init gets the resource itself")
			}
		case e.what == "before":
			assert.Equal(t, "creator", e.store)
			assert.Equal(t, e.id, e.scope)
		case e.what == "after": // fn's own change is still there
			assert.Equal(t, "entered", e.store)
			assert.Equal(t, e.id, e.scope)
		case e.id == a.AsyncID():
			assert.Equal(t, "caller", e.store, "Destroy is where EmitDestroy is called")
			assert.Equal(t, hooks.ID(1), e.scope)
		case e.id == g:
			assert.Equal(t, "", e.store, "Destroy is after the end of the scope")
			assert.Equal(t, hooks.ID(1), e.scope)
		}
		if e.id == a.AsyncID() && (e.what == "before" || e.what == "after") {
			assert.True(t, e.scopeResource == a)
			assert.Equal(t, hooks.ID(1), e.scopeTrigger)
		}
	}
	assert.Len(t, r.all(), 8)
}

func TestOnlyResourcesEmitEvents(t *testing.T) {
	r := record(t)
	testkit.InGoroutine(func() { // itself a plain goroutine
		store.Run("x", func() { testkit.InGoroutine(func() { store.EnterWith("y") }) })
		als.Bind(func() {})()
		als.Bind(func(...int) {})(1)
		als.Snapshot().Run(func() {})
		als.RunContext(t.Context(), func() {})
		als.NewContext(t.Context())
		defer store.WithScope("z").End()
		testkit.Through(func(f func()) { als.AfterFunc(0, f) }, func() {})
		store.Exit(func() {})
	})
	assert.Empty(t, r.all())
}

// After is called however the function ends. So is Destroy for a goroutine.
func TestPanicAndGoexitAreNotSwallowed(t *testing.T) {
	r := record(t)
	a := manual("a")
	reason := new(int)
	assert.True(t, testkit.Caught(func() { a.RunInAsyncScope(func() { panic(reason) }) }) == any(reason))
	assert.Implements(t, (*runtime.Error)(nil), testkit.Caught(func() { a.RunInAsyncScope(func() { panic(nil) }) }))
	returned := false
	testkit.InGoroutine(func() {
		a.RunInAsyncScope(runtime.Goexit)
		returned = true
	})
	assert.False(t, returned, "Goexit ends the goroutine")
	assert.Equal(t, []string{"init a", "before a", "after a", "before a", "after a", "before a", "after a"}, r.lines())
	id := r.goThrough(func() { runtime.Goexit() })
	assert.Equal(t, []string{"init", "before", "after", "destroy"}, r.of(id))
}

// tagged returns a hook whose callbacks append its tag and the event to a log.
func tagged(log *[]string, tag string) *hooks.Hook {
	since := newID()
	add := func(what string) func(hooks.ID) {
		return func(id hooks.ID) {
			if id > since {
				*log = append(*log, tag+" "+what)
			}
		}
	}
	return hooks.New(hooks.Callbacks{
		Init:   func(id hooks.ID, _ string, _ hooks.ID, _ any) { add("init")(id) },
		Before: add("before"), After: add("after"), Destroy: add("destroy"),
	})
}

func TestHooksAreCalledInTheOrderOfEnabling(t *testing.T) {
	var log []string
	a, b, c := tagged(&log, "a"), tagged(&log, "b"), tagged(&log, "c")
	defer a.Disable()
	defer b.Disable()
	defer c.Disable()
	events := func() []string {
		log = nil
		r := manual("r")
		r.RunInAsyncScope(func() {})
		require.NoError(t, r.EmitDestroy())
		return log
	}
	want := func(tags ...string) (lines []string) {
		for _, what := range []string{"init", "before", "after", "destroy"} {
			for _, tag := range tags {
				lines = append(lines, tag+" "+what)
			}
		}
		return lines
	}
	assert.Empty(t, events(), "not enabled by New")
	assert.Same(t, b, b.Enable())
	a.Enable()
	c.Enable()
	assert.Equal(t, want("b", "a", "c"), events())
	b.Enable() // b is called once, and keeps its place
	b.Enable()
	assert.Equal(t, want("b", "a", "c"), events())
	assert.Same(t, b, b.Disable())
	assert.Equal(t, want("a", "c"), events())
	b.Disable()
	assert.Equal(t, want("a", "c"), events())
	b.Enable()
	assert.Equal(t, want("a", "c", "b"), events())
	a.Disable()
	b.Disable()
	c.Disable()
	assert.Empty(t, events())
	c.Disable()
	assert.Empty(t, events())
}

func TestEveryCallbackMayBeNil(t *testing.T) {
	var log []string
	add := func(what string) func(hooks.ID) { return func(hooks.ID) { log = append(log, what) } }
	var zero hooks.Hook
	for _, h := range []*hooks.Hook{
		&zero,
		hooks.New(hooks.Callbacks{}),
		hooks.New(hooks.Callbacks{Init: func(hooks.ID, string, hooks.ID, any) { log = append(log, "init") }}),
		hooks.New(hooks.Callbacks{Before: add("before")}),
		hooks.New(hooks.Callbacks{After: add("after")}),
		hooks.New(hooks.Callbacks{Destroy: add("destroy")}),
	} {
		defer h.Enable().Disable()
	}
	r := manual("r")
	r.RunInAsyncScope(func() {})
	require.NoError(t, r.EmitDestroy())
	assert.Equal(t, []string{"init", "before", "after", "destroy"}, log)
}

// When a callback enables and disables hooks, before and after its own, that takes
// effect with the next event.
func TestChangesInACallbackTakeEffectWithTheNextEvent(t *testing.T) {
	for _, at := range []string{"init", "before", "after", "destroy"} {
		t.Run(at, func(t *testing.T) {
			var log, want []string
			first, last, fresh := tagged(&log, "first"), tagged(&log, "last"), tagged(&log, "fresh")
			done := false
			change := func(what string) {
				if what != at || done {
					return
				}
				done = true
				first.Disable()
				last.Disable()
				fresh.Enable()
				last.Enable()
				first.Enable()
				last.Disable()
			}
			changer := hooks.New(hooks.Callbacks{
				Init:    func(hooks.ID, string, hooks.ID, any) { change("init") },
				Before:  func(hooks.ID) { change("before") },
				After:   func(hooks.ID) { change("after") },
				Destroy: func(hooks.ID) { change("destroy") },
			})
			for _, h := range []*hooks.Hook{first, changer, last} {
				defer h.Enable().Disable()
			}
			defer fresh.Disable()
			tags := []string{"first", "last"}
			for range 2 {
				for _, what := range []string{"init", "before", "after", "destroy"} {
					for _, tag := range tags {
						want = append(want, tag+" "+what)
					}
					if what == at {
						tags = []string{"fresh", "first"}
					}
				}
				r := manual("r")
				r.RunInAsyncScope(func() {})
				require.NoError(t, r.EmitDestroy())
			}
			assert.Equal(t, want, log)
		})
	}
}

// A callback may itself create, run and destroy resources.
func TestCallbacksMayUseResources(t *testing.T) {
	r := record(t)
	depth := 0
	var own []string
	h := hooks.New(hooks.Callbacks{Before: func(id hooks.ID) {
		if depth++; depth == 1 {
			b := manual("b")
			own = append(own, b.Type())
			assert.Equal(t, id, b.TriggerAsyncID())
			b.RunInAsyncScope(func() { wantIn(t, b) })
			assert.NoError(t, b.EmitDestroy())
			assert.Equal(t, id, hooks.ExecutionAsyncID())
		}
	}}).Enable()
	defer h.Disable()
	a := manual("a")
	a.RunInAsyncScope(func() { wantIn(t, a) })
	assert.Equal(t, []string{"b"}, own)
	assert.Equal(t, []string{"init a", "before a", "init b", "before b", "after b", "destroy b", "after a"}, r.lines())
}

// Goroutines enable and disable hooks while others emit. A hook that is enabled
// throughout misses no event.
func TestHooksAreToggledFromManyGoroutines(t *testing.T) {
	r := record(t)
	var toggles, work sync.WaitGroup
	stop := make(chan struct{})
	shared := hooks.New(hooks.Callbacks{Before: func(hooks.ID) {}})
	for range 4 {
		toggles.Add(1)
		go func() {
			defer toggles.Done()
			for !testkit.Closed(stop) {
				own := hooks.New(hooks.Callbacks{After: func(hooks.ID) {}}).Enable()
				shared.Enable()
				runtime.Gosched()
				shared.Disable()
				own.Disable()
			}
		}()
	}
	n := testkit.ScaledByG(t, 500)
	ids := make([][]hooks.ID, 4)
	for i := range ids {
		work.Add(1)
		go func() {
			defer work.Done()
			for range n {
				a := manual("a")
				a.RunInAsyncScope(func() {})
				assert.NoError(t, a.EmitDestroy())
				ids[i] = append(ids[i], a.AsyncID())
			}
		}()
	}
	work.Wait()
	close(stop)
	toggles.Wait()
	got := map[hooks.ID][]string{}
	for _, e := range r.all() {
		got[e.id] = append(got[e.id], e.what)
	}
	assert.Len(t, got, 4*n)
	for _, list := range ids {
		for _, id := range list {
			assert.Equal(t, []string{"init", "before", "after", "destroy"}, got[id])
		}
	}
}

// The callbacks of Init and EmitDestroy see all stores of their caller, also one that nothing
// else captures, and change none.
func TestCallbacksSeeAStoreThatNothingCaptures(t *testing.T) {
	storage := als.New(als.Options[string]{Inherit: als.InheritNever})
	since := newID() // earlier tests' resources may be destroyed meanwhile
	var seen []string
	see := func(id hooks.ID) {
		if id > since {
			seen = append(seen, storage.Get())
			storage.EnterWith("callback")
		}
	}
	h := hooks.New(hooks.Callbacks{
		Init:    func(id hooks.ID, _ string, _ hooks.ID, _ any) { see(id) },
		Destroy: see,
	})
	defer h.Enable().Disable()
	storage.Run("caller", func() {
		a := manual("a")
		assert.Equal(t, "caller", storage.Get())
		require.NoError(t, a.EmitDestroy())
		assert.Equal(t, "caller", storage.Get())
	})
	assert.Equal(t, []string{"caller", "caller"}, seen)
}
