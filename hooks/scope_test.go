package hooks_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withAndWithoutHook runs f with r nil and no hook enabled, and then with a recorder.
func withAndWithoutHook(t *testing.T, f func(t *testing.T, r *recorder)) {
	t.Run("hook=none", func(t *testing.T) { f(t, nil) })
	t.Run("hook=enabled", func(t *testing.T) { f(t, record(t)) })
}

// wantSameScopeInside calls check inside each function of als that changes stores. None
// of them changes the scope.
func wantSameScopeInside(t *testing.T, check func(how string)) {
	check("before")
	var s als.Storage[int]
	s.Run(1, func() { check("Run") })
	s.Exit(func() { check("Exit") })
	als.RunFunc(&s, 1, func() int { check("RunFunc"); return 0 })
	func() { defer s.WithScope(1).End(); check("WithScope") }()
	als.Bind(func() { check("Bind") })()
	als.Bind(func(...int) { check("Bind, reflect") })(1)
	als.Snapshot().Run(func() { check("ExecutionContext.Run") })
	als.ExecutionContext{}.Run(func() { check("ExecutionContext.Run, zero") })
	var elsewhere als.ExecutionContext
	var bound func()
	testkit.InGoroutine(func() {
		manual("elsewhere").RunInAsyncScope(func() {
			s.Run(2, func() {
				elsewhere = als.Snapshot()
				bound = als.Bind(func() { check("Bind elsewhere") })
			})
		})
	})
	elsewhere.Run(func() { check("ExecutionContext.Run of elsewhere") })
	bound()
	func() {
		defer func() { recover(); check("recovered") }()
		elsewhere.Run(func() { panic(1) })
	}()
	s.Disable()
	check("afterwards")
}

func TestOutsideOfAnyScope(t *testing.T) {
	withAndWithoutHook(t, func(t *testing.T, r *recorder) {
		check := func(how string) { wantNoScope(t, how) }
		testkit.InGoroutine(func() { wantSameScopeInside(t, check) })
		testkit.InGoroutine(func() {
			manual("r").RunInAsyncScope(func() {
				testkit.InGoroutine(func() { wantSameScopeInside(t, check) }) // inherits none
				testkit.Through(func(f func()) { als.AfterFunc(0, f) }, func() { check("als.AfterFunc") })
			})
			wantSameScopeInside(t, check)
		})
	})
}

func TestScopeOfAResource(t *testing.T) {
	withAndWithoutHook(t, func(t *testing.T, r *recorder) {
		testkit.InGoroutine(func() {
			a := manual("a")
			assert.Equal(t, "a", a.Type())
			assert.Equal(t, hooks.ID(1), a.TriggerAsyncID())
			wantNoScope(t, "creating a resource is not being in it")
			a.RunInAsyncScope(func() {
				wantSameScopeInside(t, func(how string) { wantIn(t, a, how) })
				b := manual("b")
				assert.Greater(t, b.AsyncID(), a.AsyncID())
				assert.Equal(t, a.AsyncID(), b.TriggerAsyncID())
				b.RunInAsyncScope(func() {
					wantIn(t, b)
					a.RunInAsyncScope(func() { // again in itself
						wantIn(t, a)
						a.RunInAsyncScope(func() { wantIn(t, a) })
						wantIn(t, a)
					})
					wantIn(t, b)
				})
				wantIn(t, a)
				require.NoError(t, b.EmitDestroy())
				b.RunInAsyncScope(func() { wantSameScopeInside(t, func(how string) { wantIn(t, b, "destroyed", how) }) })
				wantIn(t, a)
			})
			wantNoScope(t)
		})
	})
}

// starts are the ways to start a goroutine that is an async scope.
var starts = map[string]func(fn func()){
	"als.Go":                    als.Go,
	"ExecutionContext.Go":       func(fn func()) { als.Snapshot().Go(fn) },
	"ExecutionContext.Go, zero": func(fn func()) { als.ExecutionContext{}.Go(fn) },
}

func TestScopeOfAGoroutine(t *testing.T) {
	for how, start := range starts {
		t.Run(how, func(t *testing.T) {
			withAndWithoutHook(t, func(t *testing.T, r *recorder) {
				check := func(trigger hooks.ID) {
					last := newID()
					testkit.Through(start, func() {
						id, resource := hooks.ExecutionAsyncID(), hooks.ExecutionAsyncResource()
						assert.Greater(t, id, last)
						require.NotNil(t, resource)
						if r != nil {
							init := r.await("init", id)
							assert.Equal(t, "GOROUTINE", init.typ)
							assert.Equal(t, trigger, init.trigger)
							assert.True(t, init.resource == resource)
							assert.Equal(t, []string{"init", "before"}, r.of(id))
						}
						same := func(how string) { wantScope(t, id, trigger, resource, how) }
						wantSameScopeInside(t, same)
						a := manual("a")
						assert.Equal(t, id, a.TriggerAsyncID())
						a.RunInAsyncScope(func() { wantIn(t, a) })
						same("after RunInAsyncScope")
						assert.Equal(t, "x", testkit.Caught(func() { a.RunInAsyncScope(func() { panic("x") }) }))
						same("after a panic in RunInAsyncScope")
						testkit.Through(start, func() {
							assert.Equal(t, id, hooks.TriggerAsyncID())
							assert.Greater(t, hooks.ExecutionAsyncID(), id)
							assert.False(t, hooks.ExecutionAsyncResource() == resource)
						})
						same("after the start of another")
					})
					assert.Greater(t, newID(), last)
				}
				testkit.InGoroutine(func() {
					check(1)
					store.EnterWith("x")
					check(1)
					a := manual("a")
					a.RunInAsyncScope(func() { check(a.AsyncID()); wantIn(t, a) })
					wantNoScope(t)
				})
			})
		})
	}
}

// The resource of a goroutine is made on first use, perhaps after other scopes, and is
// the same from then on.
func TestResourceOfAGoroutineIsOne(t *testing.T) {
	for _, first := range []string{"outside", "after a scope", "in a bound function", "in a callback"} {
		t.Run(first, func(t *testing.T) {
			testkit.Through(als.Go, func() {
				var resource any
				switch first {
				case "outside":
					resource = hooks.ExecutionAsyncResource()
				case "after a scope":
					manual("a").RunInAsyncScope(func() { hooks.ExecutionAsyncResource() })
					resource = hooks.ExecutionAsyncResource()
				case "in a bound function":
					als.Bind(func() { resource = hooks.ExecutionAsyncResource() })()
				case "in a callback":
					h := hooks.New(hooks.Callbacks{Init: func(hooks.ID, string, hooks.ID, any) {
						resource = hooks.ExecutionAsyncResource()
					}}).Enable()
					manual("a")
					h.Disable()
				}
				require.NotNil(t, resource)
				for range 3 {
					assert.True(t, resource == hooks.ExecutionAsyncResource())
					manual("a").RunInAsyncScope(func() { assert.False(t, resource == hooks.ExecutionAsyncResource()) })
					als.Bind(func() { assert.True(t, resource == hooks.ExecutionAsyncResource()) })()
				}
			})
		})
	}
}

// However its function ends, a scope restores the outer one, for deferred functions
// as well as after a recover.
func TestScopeEndsHoweverItsFunctionDoes(t *testing.T) {
	ways := map[string]func(){
		"return": func() {},
		"panic":  func() { panic("x") },
		"panic, again": func() {
			defer func() { panic(recover()) }()
			panic("y")
		},
		"Goexit":                  runtime.Goexit,
		"Goexit out of a panic":   func() { defer runtime.Goexit(); panic("x") },
		"panic on the way out":    func() { defer func() { recover() }(); defer panic("x"); runtime.Goexit() },
		"with a scope left open":  func() { store.WithScope("open"); hooks.NewAsyncResource("b") },
		"with a store left there": func() { store.EnterWith("entered"); panic("x") },
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			withAndWithoutHook(t, func(t *testing.T, r *recorder) {
				var a, b *hooks.AsyncResource
				testkit.InGoroutine(func() {
					store.EnterWith("around")
					defer func() {
						wantNoScope(t)
						assert.Equal(t, "around", store.Get())
					}()
					store.Run("a", func() { a = manual("a") })
					store.Run("b", func() { b = manual("b") })
					defer func() { recover() }()
					a.RunInAsyncScope(func() {
						defer func() {
							wantIn(t, a)
							assert.Equal(t, "a", store.Get())
						}()
						b.RunInAsyncScope(func() {
							assert.Equal(t, "b", store.Get())
							way()
						})
					})
				})
				if r != nil {
					assert.Equal(t, []string{"init", "before", "after"}, r.of(a.AsyncID()))
					assert.Equal(t, []string{"init", "before", "after"}, r.of(b.AsyncID()))
				}
				if name == "panic" {
					return // ends the program in a goroutine of als.Go: panic_test.go
				}
				done := make(chan hooks.ID, 1)
				als.Go(func() {
					defer func() { done <- hooks.ExecutionAsyncID() }()
					defer func() { recover() }()
					way()
				})
				if id := <-done; r != nil {
					r.await("destroy", id)
					assert.Equal(t, []string{"init", "before", "after", "destroy"}, r.of(id))
				}
			})
		})
	}
}

// A goroutine that reuses the memory of an exited one sees nothing of its scope.
func TestScopeEndsWithItsGoroutine(t *testing.T) {
	for i := range testkit.ScaledByG(t, 2000) {
		if i == 1000 {
			record(t)
		}
		testkit.Through(als.Go, func() {
			if i%2 == 0 {
				hooks.ExecutionAsyncResource()
			}
			if i%3 == 0 {
				manual("r").RunInAsyncScope(runtime.Goexit)
			}
		})
		testkit.InGoroutine(func() { wantNoScope(t) })
		testkit.InGoroutine(func() { store.Run("x", func() { wantNoScope(t) }) })
	}
}

func TestResourceKeepsTheStoresOfItsCreation(t *testing.T) {
	secret := als.New(als.Options[string]{RevokeOnEnd: true})
	var other als.Storage[int]
	var a, bound *hooks.AsyncResource
	var f func()
	inside := func(do func()) {
		for _, run := range []func(func()){
			a.RunInAsyncScope,
			func(fn func()) { a.Bind(fn)() },
			func(fn func()) { testkit.Through(als.Go, func() { a.RunInAsyncScope(fn) }) },
		} {
			run(do)
		}
	}
	testkit.InGoroutine(func() {
		store.Run("created", func() {
			secret.Run("created", func() {
				a = manual("a")
				f, bound = hooks.Bind(func() {
					assert.Equal(t, "created", store.Get())
					wantIn(t, bound)
					store.EnterWith("bound")
				}, "")
				inside(func() { assert.Equal(t, "created", secret.Get()) })
			})
			store.EnterWith("changed later")
		})
		store.EnterWith("caller")
		other.EnterWith(1)
		inside(func() {
			assert.Equal(t, "created", store.Get())
			_, ok := other.GetStore()
			assert.False(t, ok, "the creator had no such store")
			_, ok = secret.GetStore()
			assert.False(t, ok, "its Run has ended")
			store.EnterWith("inside") // for this call only
			other.EnterWith(2)
		})
		assert.Equal(t, "caller", store.Get())
		assert.Equal(t, 1, other.Get())
		f()
		f()
		assert.Equal(t, "caller", store.Get())
		store.Disable()
		inside(func() {
			_, ok := store.GetStore()
			assert.False(t, ok, "disabled")
			store.Run("anew", func() { assert.Equal(t, "anew", store.Get()) })
		})
		store.Run("anew", func() {
			inside(func() {
				_, ok := store.GetStore()
				assert.False(t, ok, "a disabled store is not restored")
			})
		})
	})
}

func TestBindNamesItsResource(t *testing.T) {
	r := record(t)
	calls := 0
	f, a := hooks.Bind(func() { calls++ }, "")
	assert.Equal(t, "bound-anonymous-fn", a.Type())
	f()
	f()
	g, b := hooks.Bind(func() { calls += 10; wantScopeRestoredBy(t, f) }, "test.Named")
	assert.Equal(t, "test.Named", b.Type())
	g()
	assert.Equal(t, 13, calls)
	require.NoError(t, a.EmitDestroy())
	require.NoError(t, b.EmitDestroy())
	assert.Equal(t, []string{
		"init bound-anonymous-fn", "before bound-anonymous-fn", "after bound-anonymous-fn",
		"before bound-anonymous-fn", "after bound-anonymous-fn",
		"init test.Named", "before test.Named", "before bound-anonymous-fn", "after bound-anonymous-fn", "after test.Named",
		"destroy bound-anonymous-fn", "destroy test.Named",
	}, r.lines())
}

// wantScopeRestoredBy checks that the bound function f restores the caller's scope.
func wantScopeRestoredBy(t *testing.T, f func()) {
	id, resource := hooks.ExecutionAsyncID(), hooks.ExecutionAsyncResource()
	f()
	assert.Equal(t, id, hooks.ExecutionAsyncID())
	assert.True(t, resource == hooks.ExecutionAsyncResource())
}

func TestTriggerAsyncIDOption(t *testing.T) {
	r := record(t)
	cause := newID()
	testkit.InGoroutine(func() {
		a := hooks.NewAsyncResource("a", hooks.ResourceOptions{TriggerAsyncID: cause, RequireManualDestroy: true})
		assert.Equal(t, cause, a.TriggerAsyncID())
		assert.Equal(t, cause, r.await("init", a.AsyncID()).trigger)
		a.RunInAsyncScope(func() {
			wantScope(t, a.AsyncID(), cause, a)
			b := hooks.NewAsyncResource("b", hooks.ResourceOptions{RequireManualDestroy: true})
			assert.Equal(t, a.AsyncID(), b.TriggerAsyncID(), "0 is the caller's scope")
			c := hooks.NewAsyncResource("c", hooks.ResourceOptions{TriggerAsyncID: 1, RequireManualDestroy: true})
			assert.Equal(t, hooks.ID(1), c.TriggerAsyncID())
		})
		d := hooks.NewAsyncResource("d", hooks.ResourceOptions{})
		assert.Equal(t, hooks.ID(1), d.TriggerAsyncID())
	})
}

// IDs are unique and increase in the order of creation, for any kind of resource.
func TestIDsAreUniqueAndIncrease(t *testing.T) {
	withAndWithoutHook(t, func(t *testing.T, _ *recorder) {
		const makers = 8
		n := testkit.ScaledByG(t, 2000)
		ids := make([][]hooks.ID, makers)
		var wg sync.WaitGroup
		before := newID()
		for i := range makers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range n {
					ids[i] = append(ids[i], newID())
					_, a := hooks.Bind(func() {}, "")
					ids[i] = append(ids[i], a.AsyncID())
					testkit.Through(als.Go, func() { ids[i] = append(ids[i], hooks.ExecutionAsyncID()) })
				}
			}()
		}
		wg.Wait()
		after := newID()
		seen := map[hooks.ID]bool{0: true, 1: true, before: true, after: true}
		for i := range makers {
			last := before
			for _, id := range ids[i] {
				require.False(t, seen[id], id)
				require.Greater(t, id, last)
				seen[id], last = true, id
			}
			require.Less(t, last, after)
		}
		assert.Len(t, seen, 4+3*makers*n)
	})
}

// Neither IDs nor the functions that return them allocate.
func TestIDsAllocateNothing(t *testing.T) {
	if race.Enabled || testkit.SlowIDs() {
		t.Skip("the race detector allocates, and so does the ID of a goroutine where it comes from a traceback")
	}
	testkit.InGoroutine(func() {
		a := manual("a")
		ask := func() {
			if hooks.ExecutionAsyncID() == 0 || hooks.ExecutionAsyncResource() == nil && hooks.TriggerAsyncID() != 0 {
				t.Error("the caller's async scope has no ID, or a trigger without a resource")
			}
		}
		assert.Zero(t, testing.AllocsPerRun(100, ask))
		assert.Zero(t, testing.AllocsPerRun(100, func() { a.RunInAsyncScope(ask) }))
		assert.NotZero(t, testing.AllocsPerRun(100, func() { manual("b") }), "the control")
	})
	if goroutine.Pointer() == 0 {
		return // there a goroutine's ID is read from a traceback
	}
	const n = 1000
	testkit.Through(als.Go, func() { // also in a goroutine whose resource was never asked for
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		done := make(chan struct{})
		f := func() { hooks.TriggerAsyncID(); hooks.ExecutionAsyncID(); done <- struct{}{} }
		for range n {
			als.Go(f)
			<-done
		}
		runtime.ReadMemStats(&after)
		assert.Less(t, after.Mallocs-before.Mallocs, uint64(n/2))
	})
}
