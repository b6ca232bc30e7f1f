package als_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"
	"weak"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// A payload is big enough to be alone in its block of memory, so that a weak pointer
// shows when it has been collected.
type payload struct {
	self *payload
	fill [1 << 10]byte
}

func newPayload() (*payload, weak.Pointer[payload]) {
	p := new(payload)
	return p, weak.Make(p)
}

// goroutinesThatLive start goroutines whose cells lie in different places.
var goroutinesThatLive = map[string]func(f func()){
	"go":              func(f func()) { go f() },
	"go with a store": func(f func()) { go func() { als.New[int]().EnterWith(1); f() }() },
	"Go": func(f func()) {
		testkit.InGoroutine(func() {
			als.New[int]().EnterWith(1)
			als.Go(f)
		})
	},
	"Go without stores": func(f func()) { testkit.InGoroutine(func() { als.Go(f) }) },
}

// A store is garbage once its goroutine is done with it. The goroutine lives on, so that
// its exit does not release the store.
func TestStoresAreGarbageAfterTheirUse(t *testing.T) {
	for _, c := range []struct {
		how string
		use func(s *als.Storage[*payload], p *payload)
	}{
		{"Run", func(s *als.Storage[*payload], p *payload) { s.Run(p, func() {}) }},
		{"Run in Run", func(s *als.Storage[*payload], p *payload) {
			s.Run(nil, func() { s.Run(p, func() { s.Run(nil, func() {}) }) })
		}},
		{"Run, panic", func(s *als.Storage[*payload], p *payload) {
			testkit.Caught(func() { s.Run(p, func() { panic("x") }) })
		}},
		{"Scope", func(s *als.Storage[*payload], p *payload) { s.WithScope(p).End() }},
		{"Scopes, outer first", func(s *als.Storage[*payload], p *payload) {
			a, b := s.WithScope(p), s.WithScope(p)
			a.End()
			b.End()
		}},
		{"EnterWith and EnterWith", func(s *als.Storage[*payload], p *payload) { s.EnterWith(p); s.EnterWith(nil) }},
		{"EnterWith in Exit", func(s *als.Storage[*payload], p *payload) { s.Exit(func() { s.EnterWith(p) }) }},
		{"EnterWith in ExecutionContext.Run", func(s *als.Storage[*payload], p *payload) {
			als.Snapshot().Run(func() { s.EnterWith(p) })
		}},
		{"EnterWith in the zero ExecutionContext.Run", func(s *als.Storage[*payload], p *payload) {
			als.ExecutionContext{}.Run(func() { s.EnterWith(p) })
		}},
		{"EnterWith in a bound function", func(s *als.Storage[*payload], p *payload) { als.Bind(func() { s.EnterWith(p) })() }},
		{"Scope left open in a bound function", func(s *als.Storage[*payload], p *payload) {
			als.Bind(func() { s.WithScope(p) })()
		}},
		{"Go", func(s *als.Storage[*payload], p *payload) {
			s.Run(p, func() { testkit.Through(als.Go, func() { s.EnterWith(p) }) })
		}},
		{"Snapshot, dropped", func(s *als.Storage[*payload], p *payload) { s.Run(p, func() { als.Snapshot() }) }},
		{"Snapshot, run, dropped", func(s *als.Storage[*payload], p *payload) {
			var c als.ExecutionContext
			s.Run(p, func() { c = als.Snapshot() })
			c.Run(func() { s.WithScope(p) })
		}},
		{"bound function, called, dropped", func(s *als.Storage[*payload], p *payload) {
			var f func()
			s.Run(p, func() { f = als.Bind(func() { s.EnterWith(p) }) })
			f()
		}},
		{"among others", func(s *als.Storage[*payload], p *payload) {
			var others [20]als.Storage[*payload]
			s.Run(p, func() {
				for i := range others {
					others[i].EnterWith(p)
				}
				als.Snapshot()
			})
			for i := range others {
				others[i].EnterWith(nil)
			}
		}},
		{"Disable and a capture", func(s *als.Storage[*payload], p *payload) {
			s.EnterWith(p)
			als.New[*payload]().EnterWith(nil)
			s.Disable()
			als.Snapshot()
			als.New[*payload]().EnterWith(nil)
		}},
		{"Disable and others", func(s *als.Storage[*payload], p *payload) {
			s.EnterWith(p)
			s.Disable()
			for range 20 {
				als.New[*payload]().EnterWith(nil)
			}
		}},
		{"captured, then among others", func(s *als.Storage[*payload], p *payload) {
			s.EnterWith(p)
			als.Snapshot()
			for range 20 {
				als.New[*payload]().EnterWith(nil)
			}
			s.EnterWith(nil)
		}},
		{"NewContext, dropped", func(s *als.Storage[*payload], p *payload) {
			s.Run(p, func() { als.NewContext(context.Background()) })
		}},
		{"Disable and another store", func(s *als.Storage[*payload], p *payload) {
			s.EnterWith(p)
			s.Disable()
			s.EnterWith(nil)
		}},
	} {
		t.Run(c.how, func(t *testing.T) {
			for kind, start := range goroutinesThatLive {
				for _, revoke := range []bool{false, true} {
					s := als.New(als.Options[*payload]{RevokeOnEnd: revoke})
					w := make(chan weak.Pointer[payload])
					done := make(chan struct{})
					start(func() {
						func() {
							p, weakly := newPayload()
							c.use(s, p)
							w <- weakly
						}()
						<-done
						s.Get()
					})
					testkit.Garbage(t, c.how+" in "+kind, <-w)
					close(done)
				}
			}
		})
	}
}

// The same for stores that do not fit into a cell and lie in a box.
func TestBoxedStoresAreGarbageAfterwards(t *testing.T) {
	type big struct {
		p    *payload
		fill [5]int
	}
	s := als.New[big]()
	done := make(chan struct{})
	w := make(chan weak.Pointer[payload])
	go func() {
		func() {
			p, weakly := newPayload()
			s.Run(big{p: p}, func() { testkit.Through(als.Go, func() { s.EnterWith(big{p: p}) }) })
			s.WithScope(big{p: p}).End()
			s.Exit(func() { s.EnterWith(big{p: p}) })
			w <- weakly
		}()
		<-done
	}()
	testkit.Garbage(t, "a boxed store", <-w)
	close(done)
}

// Stores are garbage after the exit of a goroutine that did not restore them.
func TestStoresAreGarbageAfterTheirGoroutineEnded(t *testing.T) {
	for _, c := range []struct {
		how   string
		start func(f func())
		in    func(s *als.Storage[*payload], p *payload)
	}{
		{"EnterWith in go", func(f func()) { go f() }, func(s *als.Storage[*payload], p *payload) { s.EnterWith(p) }},
		{"EnterWith in go, Goexit", func(f func()) { go f() }, func(s *als.Storage[*payload], p *payload) {
			s.EnterWith(p)
			runtime.Goexit()
		}},
		{"Scope left open in go", func(f func()) { go f() }, func(s *als.Storage[*payload], p *payload) { s.WithScope(p) }},
		{"captured in go", func(f func()) { go f() }, func(s *als.Storage[*payload], p *payload) {
			s.EnterWith(p)
			als.Snapshot()
			als.Bind(func() {})()
		}},
		{"among others in go", func(f func()) { go f() }, func(s *als.Storage[*payload], p *payload) {
			for range 20 {
				als.New[*payload]().EnterWith(p)
			}
			s.EnterWith(p)
		}},
		{"EnterWith in Go", als.Go, func(s *als.Storage[*payload], p *payload) { s.EnterWith(p) }},
		{"EnterWith in a bound function in go", func(f func()) { go als.Bind(f)() },
			func(s *als.Storage[*payload], p *payload) { s.EnterWith(p) }},
		{"EnterWith in time.AfterFunc", func(f func()) { time.AfterFunc(0, f) },
			func(s *als.Storage[*payload], p *payload) { s.EnterWith(p) }},
		{"EnterWith in AfterFunc", func(f func()) { als.AfterFunc(0, f) },
			func(s *als.Storage[*payload], p *payload) { s.EnterWith(p) }},
	} {
		t.Run(c.how, func(t *testing.T) {
			s := als.New[*payload]()
			var w weak.Pointer[payload]
			testkit.Through(c.start, func() {
				var p *payload
				p, w = newPayload()
				c.in(s, p)
			})
			testkit.Garbage(t, c.how, w)
		})
	}
}

// A goroutine that als started clears its record at its end, so no sweep is needed.
func TestStoresOfAGoroutineThatAlsStartedAreGarbageWithItsEnd(t *testing.T) {
	for how, start := range map[string]func(func()){
		"Go":        als.Go,
		"AfterFunc": func(f func()) { als.AfterFunc(0, f) },
	} {
		testkit.Eventually(t, how+": garbage", func() bool { // the record is cleared a little after fn ends
			testkit.Collect(t, 1) // no sweep is pending afterwards
			var w weak.Pointer[payload]
			testkit.InGoroutine(func() {
				s := als.New[*payload]()
				s.Run(nil, func() {
					testkit.Through(start, func() {
						var p *payload
						p, w = newPayload()
						s.EnterWith(p)
					})
				})
			})
			for range 100 {
				runtime.Gosched()
			}
			runtime.GC() // one
			return w.Value() == nil
		})
	}
}

// No other goroutine starts and no storage is used meanwhile. It takes two cycles, as
// package gls promises, if the runtime's cleanup goroutine runs in between.
func TestStoresOfAnExitedGoroutineAreGarbageWithinTwoCycles(t *testing.T) {
	best := 1000
	for range 20 { // the cleanup goroutine may be late, so the best try counts
		s := als.New[*payload]()
		var w weak.Pointer[payload]
		testkit.InGoroutine(func() {
			var p *payload
			p, w = newPayload()
			s.EnterWith(p)
		})
		cycles := 0
		testkit.Eventually(t, "garbage", func() bool {
			runtime.GC()
			cycles++
			for range 1000 {
				runtime.Gosched()
			}
			return w.Value() == nil
		})
		if best = min(best, cycles); best <= 2 {
			return
		}
	}
	t.Errorf("a store was garbage after %d cycles at best, want 2", best)
}

func TestStoresOfAGoroutineThatLivesAreKept(t *testing.T) {
	var s als.Storage[*payload]
	w, parked, done := make(chan weak.Pointer[payload]), make(chan struct{}), make(chan struct{})
	go func() {
		func() {
			p, weakly := newPayload()
			p.fill[7] = 42
			s.EnterWith(p)
			w <- weakly
		}()
		<-parked
		assert.Equal(t, byte(42), s.Get().fill[7])
		close(done)
	}()
	weakly := <-w
	testkit.Held(t, "the store of a parked goroutine", weakly)
	close(parked)
	<-done
	testkit.Garbage(t, "the store of a goroutine that ended", weakly)
}

func TestSnapshotsAndBoundFunctionsKeepStoresWhileTheyAreHeld(t *testing.T) {
	s := als.New[*payload]()
	for what, capture := range map[string]func() func(){
		"Snapshot": func() func() { c := als.Snapshot(); return func() { c.Run(func() { _ = s.Get().fill[0] }) } },
		"Bind":     func() func() { return als.Bind(func() { _ = s.Get().fill[0] }) },
		"Bind, shaped": func() func() {
			f := als.Bind(func(int) byte { return s.Get().fill[0] })
			return func() { f(0) }
		},
		"Bind, reflect": func() func() {
			f := als.Bind(func(...int) byte { return s.Get().fill[0] })
			return func() { f() }
		},
		"NewContext": func() func() {
			ctx := als.NewContext(context.Background())
			return func() { c, _ := als.FromContext(ctx); c.Run(func() { _ = s.Get().fill[0] }) }
		},
		"a parked goroutine": func() func() {
			gate, done := make(chan struct{}), make(chan struct{})
			als.Go(func() { <-gate; _ = s.Get().fill[0]; close(done) })
			return sync.OnceFunc(func() { close(gate); <-done })
		},
		"a timer": func() func() {
			done := make(chan struct{})
			timer := als.AfterFunc(time.Hour, func() { _ = s.Get().fill[0]; close(done) })
			return sync.OnceFunc(func() { timer.Reset(0); <-done })
		},
	} {
		t.Run(what, func(t *testing.T) {
			var use func()
			var w weak.Pointer[payload]
			testkit.InGoroutine(func() {
				var p *payload
				p, w = newPayload()
				s.Run(p, func() { use = capture() })
			})
			testkit.Held(t, what, w)
			use()
			runtime.KeepAlive(use)
			use = nil
			testkit.Garbage(t, what, w)
		})
	}
}

func TestStoresOfATimerThatFiredAreGarbageWithTheTimer(t *testing.T) {
	for what, kept := range map[string]bool{"kept for a Reset": true, "dropped at once": false} {
		s := als.New[*payload]()
		var w weak.Pointer[payload]
		var timer *time.Timer
		fired := make(chan struct{})
		testkit.InGoroutine(func() {
			var p *payload
			p, w = newPayload()
			s.Run(p, func() {
				timer = als.AfterFunc(time.Millisecond, func() { _ = s.Get().fill[0]; fired <- struct{}{} })
			})
		})
		<-fired
		if kept {
			testkit.Held(t, "the store of a timer that may be Reset", w)
			timer.Reset(0)
			<-fired
		}
		timer = nil
		testkit.Garbage(t, "the store of a timer that fired, "+what, w)
	}
}

// A timer does not keep a revoked store alive.
func TestRevokedStoresAreGarbageThoughTheTimerIsKept(t *testing.T) {
	s := als.New(als.Options[*payload]{RevokeOnEnd: true})
	var w weak.Pointer[payload]
	var timer *time.Timer
	found := make(chan bool)
	testkit.InGoroutine(func() {
		var p *payload
		p, w = newPayload()
		s.Run(p, func() { timer = als.AfterFunc(time.Hour, func() { _, ok := s.GetStore(); found <- ok }) })
	})
	testkit.Garbage(t, "the store of a Run that has ended", w)
	timer.Reset(0)
	assert.False(t, <-found)
}

func TestStoresOfAStoppedTimerAreGarbageWithTheTimer(t *testing.T) {
	s := als.New[*payload]()
	var w weak.Pointer[payload]
	var timer *time.Timer
	testkit.InGoroutine(func() {
		var p *payload
		p, w = newPayload()
		s.Run(p, func() { timer = als.AfterFunc(time.Hour, func() {}) })
	})
	assert.True(t, timer.Stop())
	testkit.Held(t, "the store of a timer that may be Reset", w)
	runtime.KeepAlive(timer)
	timer = nil
	testkit.Garbage(t, "the store of a timer that was dropped", w)
}
