package inherit_test

import (
	"runtime"
	"runtime/pprof"
	"sync"
	"testing"
	"weak"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// Plain goroutines that a Run with RevokeOnEnd starts have its store until the Run ends.
// Then they keep none of its memory, even if they have read, captured or replaced it.
func TestRevokedForPlainGoroutines(t *testing.T) {
	store := als.New(als.Options[*payload]{RevokeOnEnd: true})
	none := func(t *testing.T) {
		_, ok := store.GetStore()
		assert.False(t, ok)
	}
	for name, child := range map[string]func() (kept any){
		"idle":         func() any { return nil },
		"reads":        func() any { return store.Get().data[0] },
		"Snapshot":     func() any { return als.Snapshot() },
		"bound":        func() any { return als.Bind(func() {}) },
		"other store":  func() any { place.EnterWith("x"); return als.Snapshot() },
		"EnterWith":    func() any { store.EnterWith(new(payload)); return als.Snapshot() },
		"own Run":      func() any { store.Run(nil, func() {}); return store.Get().data[0] },
		"labelled":     func() any { store.Get(); pprof.SetGoroutineLabels(labelled("a", "1")); return store.Get().data[0] },
		"unread label": func() any { pprof.SetGoroutineLabels(labelled("a", "1")); return nil },
	} {
		for around, run := range map[string]func(p *payload, f func()){
			"Run":        func(p *payload, f func()) { store.Run(p, f) },
			"Run in Run": func(p *payload, f func()) { store.Run(new(payload), func() { store.Run(p, f) }) },
			"Run around Run": func(p *payload, f func()) {
				store.Run(p, func() { place.Run("inner", f) })
			},
			"captured":  func(p *payload, f func()) { store.Run(p, func() { als.Snapshot(); f() }) },
			"EnterWith": func(p *payload, f func()) { store.Run(nil, func() { store.EnterWith(p); f() }) },
			"left for EnterWith": func(p *payload, f func()) {
				store.Run(p, func() { f(); store.EnterWith(new(payload)) })
			},
			"labelled": func(p *payload, f func()) {
				store.Run(p, func() { pprof.SetGoroutineLabels(labelled("b", "2")); store.Get(); f() })
			},
			"on a scope that ends": func(p *payload, f func()) {
				scope := store.WithScope(new(payload))
				store.Run(p, func() { f(); scope.End() })
			},
			"second Run": func(p *payload, f func()) { // the goroutine has a cell for the store
				place.Run("outer", func() { store.Run(nil, func() {}); store.Run(p, f) })
			},
			"second Run, captured": func(p *payload, f func()) {
				place.Run("outer", func() {
					store.Run(nil, func() {})
					store.Run(p, func() { als.Snapshot(); store.EnterWith(p); f() })
				})
			},
			"Scope": func(p *payload, f func()) { defer store.WithScope(p).End(); f() },
			"panic": func(p *payload, f func()) {
				testkit.Caught(func() { store.Run(p, func() { f(); panic("x") }) })
			},
		} {
			t.Run(name+" in "+around, func(t *testing.T) {
				release := make(chan struct{})
				var begun, ended sync.WaitGroup
				var w weak.Pointer[payload]
				ended.Add(3)
				onNew(func() {
					p := new(payload)
					w = weak.Make(p)
					run(p, func() {
						for range 3 {
							begun.Add(1)
							go func() {
								defer ended.Done()
								kept := child()
								begun.Done()
								<-release
								none(t)
								testkit.InGoroutine(func() { none(t) })
								if c, ok := kept.(als.ExecutionContext); ok {
									c.Run(func() { none(t) })
								}
								runtime.KeepAlive(kept)
							}()
						}
						begun.Wait()
						assert.Same(t, p, store.Get())
					})
					p = nil
					if around != "on a scope that ends" {
						none(t)
					}
				})
				testkit.Garbage(t, "the store of a Run that has ended", w)
				close(release)
				ended.Wait()
			})
		}
	}
}

// Plain goroutines read while the Run ends: they find its store or nothing, and nothing
// once it has ended.
func TestPlainReadersWhileARunEnds(t *testing.T) {
	store := als.New(als.Options[int]{RevokeOnEnd: true})
	for round := range testkit.ScaledByG(t, 300) {
		var wg sync.WaitGroup
		ended := make(chan struct{})
		store.Run(round, func() {
			for reader := range 4 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					if reader == 3 {
						<-ended
					}
					for over := false; !over; {
						over = testkit.Closed(ended)
						got, ok := store.GetStore()
						runtime.Gosched()
						if ok && (got != round || over) {
							t.Errorf("got %d in round %d, ended: %t", got, round, over)
						}
					}
				}()
			}
			if round%2 == 0 {
				runtime.Gosched()
			}
		})
		close(ended)
		wg.Wait()
	}
}

func TestARunWithRevokeOnEndAllocatesOnce(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	numbers := als.New(als.Options[int]{RevokeOnEnd: true})
	errors := als.New(als.Options[error]{RevokeOnEnd: true})
	beside(3, func() {
		for name, run := range map[string]func(){
			"pointer":   func() { secret.Run(alice, nothing) },
			"number":    func() { numbers.Run(1, nothing) },
			"interface": func() { errors.Run(nil, nothing) },
		} {
			assert.EqualValues(t, 1, testing.AllocsPerRun(100, run), name)
		}
	})
}
