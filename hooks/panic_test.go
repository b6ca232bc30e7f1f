package hooks_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errCallback = errors.New("callback")

// failing returns a hook whose callback for the event what calls fail, until stop.
func failing(what string, fail func()) (h *hooks.Hook, stop func()) {
	var stopped atomic.Bool
	f := func(hooks.ID) {
		store.EnterWith("of the callback")
		if !stopped.Load() {
			fail()
		}
	}
	var cb hooks.Callbacks
	switch what {
	case "init":
		cb.Init = func(id hooks.ID, _ string, _ hooks.ID, _ any) { f(id) }
	case "before":
		cb.Before = f
	case "after":
		cb.After = f
	case "destroy":
		cb.Destroy = f
	}
	return hooks.New(cb), func() { stopped.Store(true) }
}

// A panic or a Goexit in a callback propagates from the place of the event, with the
// context restored. Hooks before the failing one have been called, those after it have
// not. After follows also if Before failed.
func TestPanicInACallbackLeavesTheContextRestored(t *testing.T) {
	want := map[string][2][]string{ // of the hook before, and of the one after it
		"init":    {{"init"}, {}},
		"before":  {{"init", "before", "after", "destroy"}, {"init", "after", "destroy"}},
		"after":   {{"init", "before", "after", "destroy"}, {"init", "before", "destroy"}},
		"destroy": {{"init", "before", "after", "destroy"}, {"init", "before", "after"}},
	}
	for what, want := range want {
		for how, fail := range map[string]func(){"panic": func() { panic(errCallback) }, "Goexit": runtime.Goexit} {
			for _, emit := range []string{"outside", "inside"} { // where EmitDestroy is called
				t.Run(what+"/"+how+"/EmitDestroy="+emit, func(t *testing.T) {
					earlier := record(t)
					h, stop := failing(what, fail)
					defer h.Enable().Disable()
					later := record(t)
					ran := false
					var a *hooks.AsyncResource
					step := func(where string, f func()) {
						testkit.InGoroutine(func() {
							store.EnterWith("around")
							defer func() {
								assert.Equal(t, "around", store.Get(), where)
								wantNoScope(t, where)
							}()
							if v := testkit.Caught(f); v != nil {
								assert.True(t, v == any(errCallback), where)
								assert.True(t, how == "panic" && where == what, where)
							} else {
								assert.False(t, how == "panic" && where == what, "%s: swallowed", where)
							}
						})
					}
					step("init", func() { a = manual("a") })
					if what == "init" {
						assert.Nil(t, a)
						stop()
						return
					}
					run := func(where string) {
						step(where, func() {
							a.RunInAsyncScope(func() {
								ran = true
								if emit == "inside" {
									assert.NoError(t, a.EmitDestroy())
								}
							})
						})
					}
					if emit == "inside" {
						run(what)
						assert.Equal(t, what != "before", ran)
						if what == "before" { // it has not been destroyed
							require.NoError(t, a.EmitDestroy())
						}
					} else {
						if what == "destroy" {
							run("nowhere")
						} else {
							run(what)
						}
						step("destroy", func() { assert.NoError(t, a.EmitDestroy()) })
					}
					assert.Equal(t, hooks.ErrDestroyed, a.EmitDestroy())
					assert.Equal(t, want[0], earlier.of(a.AsyncID()))
					assert.Equal(t, want[1], later.of(a.AsyncID()))
					stop()
				})
			}
		}
	}
}

// Inside another scope, that scope and its stores are restored, and its events go on.
func TestPanicInACallbackInsideAScope(t *testing.T) {
	for _, what := range []string{"init", "before", "after", "destroy"} {
		r := record(t)
		var a, b *hooks.AsyncResource
		store.Run("a", func() { a = manual("a") })
		store.Run("b", func() { b = manual("b") })
		h, stop := failing(what, func() { panic(errCallback) })
		a.RunInAsyncScope(func() {
			h.Enable()
			defer func() { stop(); h.Disable() }()
			assert.Equal(t, any(errCallback), testkit.Caught(func() {
				b.RunInAsyncScope(func() {
					if what == "init" {
						manual("c")
					}
				})
				if what == "destroy" {
					_ = b.EmitDestroy()
				}
			}), what)
			wantIn(t, a, what)
			assert.Equal(t, "a", store.Get(), what)
		})
		assert.Equal(t, []string{"init", "before", "after"}, r.of(a.AsyncID()))
		r.hook.Disable()
		wantNoScope(t)
	}
}

// A panic in Init propagates from als.Go, which then starts no goroutine.
func TestPanicInInitOfAGoroutine(t *testing.T) {
	for how, start := range starts {
		h, stop := failing("init", func() { panic(errCallback) })
		h.Enable()
		testkit.InGoroutine(func() {
			store.EnterWith("around")
			goroutines := runtime.NumGoroutine()
			assert.Equal(t, any(errCallback), testkit.Caught(func() { start(func() { t.Error("called") }) }), how)
			assert.LessOrEqual(t, runtime.NumGoroutine(), goroutines)
			assert.Equal(t, "around", store.Get())
			wantNoScope(t)
			stop()
			testkit.Through(start, func() {})
		})
		h.Disable()
	}
}

// Goexit in a callback on a goroutine ends it, and the remaining events follow.
func TestGoexitInACallbackOfAGoroutine(t *testing.T) {
	for _, what := range []string{"before", "after", "destroy"} {
		r := record(t)
		h, stop := failing(what, runtime.Goexit)
		h.Enable()
		store.Run("around", func() { als.Go(func() { assert.NotEqual(t, "before", what) }) })
		id := r.all()[0].id
		r.await("destroy", id)
		assert.Equal(t, []string{"init", "before", "after", "destroy"}, r.of(id), what)
		for _, e := range r.all() {
			if e.id == id && e.what == "destroy" {
				assert.Equal(t, hooks.ID(1), e.scope, "%s: Destroy is after the end of the scope", what)
				assert.Empty(t, e.store, "%s: and of the stores", what)
			}
		}
		stop()
		h.Disable()
		r.hook.Disable()
	}
}

// A panic on a goroutine ends the program after the remaining events, whether the
// function or a callback panics.
func TestPanicInAGoroutineEndsTheProgram(t *testing.T) {
	events := map[string]string{
		"function": "init before fn after destroy",
		"before":   "init before after destroy",
		"after":    "init before fn after destroy",
		"destroy":  "init before fn after destroy",
		"gc":       "init destroy",
	}
	if what := os.Getenv("HOOKS_TEST_PANIC"); what != "" {
		crash(what)
		os.Exit(0)
	}
	if testing.Short() {
		t.Skip("-short: starts no processes")
	}
	for what, events := range events {
		t.Run(what, func(t *testing.T) {
			stdout, stderr, exitCode := testkit.Again(t, "HOOKS_TEST_PANIC="+what)
			assert.Equal(t, 2, exitCode, stdout+stderr)
			assert.Contains(t, stderr, "panic: the reason")
			assert.Equal(t, events, strings.Join(strings.Fields(stdout), " "))
		})
	}
}

func crash(what string) {
	since := newID()
	say := func(event string) func(hooks.ID) {
		return func(id hooks.ID) {
			if id > since {
				fmt.Println(event)
			}
		}
	}
	hooks.New(hooks.Callbacks{
		Init:   func(id hooks.ID, _ string, _ hooks.ID, _ any) { say("init")(id) },
		Before: say("before"), After: say("after"), Destroy: say("destroy"),
	}).Enable()
	if what == "gc" {
		h, _ := failing("destroy", func() { panic("the reason") })
		h.Enable()
		leave(func(*hooks.AsyncResource) {})
		for {
			runtime.GC()
			runtime.Gosched()
		}
	}
	h, _ := failing(what, func() { panic("the reason") })
	h.Enable()
	als.Go(func() {
		fmt.Println("fn")
		if what == "function" {
			panic("the reason")
		}
	})
	select {}
}
