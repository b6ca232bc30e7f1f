package als_test

import (
	"context"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// The store is garbage right after its Run, although a goroutine, a snapshot, a bound
// function, a context and a timer that captured it are kept.
func TestRevokedStoreIsGarbageThoughItsCapturesAreKept(t *testing.T) {
	for what, around := range map[string]func(s *als.Storage[*payload], p *payload, f func()){
		"Run":   func(s *als.Storage[*payload], p *payload, f func()) { s.Run(p, f) },
		"Scope": func(s *als.Storage[*payload], p *payload, f func()) { defer s.WithScope(p).End(); f() },
		"Scopes, outer first": func(s *als.Storage[*payload], p *payload, f func()) {
			a, b := s.WithScope(p), s.WithScope(p)
			f()
			a.End()
			b.End()
		},
		"EnterWith in Run": func(s *als.Storage[*payload], p *payload, f func()) {
			s.Run(nil, func() { s.EnterWith(p); f() })
		},
	} {
		s := newSecret[*payload]()
		var w weak.Pointer[payload]
		done := make(chan struct{})
		var kept []any
		testkit.InGoroutine(func() {
			var p *payload
			p, w = newPayload()
			around(s, p, func() {
				started := make(chan struct{})
				als.Go(func() {
					_ = s.Get().fill
					close(started)
					<-done
					wantNone(t, s)
				})
				<-started
				kept = []any{als.Snapshot(), als.Bind(func() { wantNone(t, s) }), als.NewContext(context.Background())}
				kept = append(kept, als.AfterFunc(time.Hour, func() {}))
			})
		})
		testkit.Garbage(t, what, w)
		kept[0].(als.ExecutionContext).Run(func() { wantNone(t, s) })
		kept[1].(func())()
		kept[3].(*time.Timer).Stop()
		runtime.KeepAlive(kept)
		close(done)
	}
}

// After the end of a Run or Scope captures keep none of the stores that EnterWith has set
// in it, on its goroutine or on one that inherited the store.
func TestStoresThatEnterWithCoveredAreGarbage(t *testing.T) {
	enter := func(s *als.Storage[*payload]) (w weak.Pointer[payload], c als.ExecutionContext) {
		var p *payload
		p, w = newPayload()
		s.EnterWith(p)
		return w, als.Snapshot()
	}
	for what, around := range map[string]func(s *als.Storage[*payload], f func()){
		"Run":   func(s *als.Storage[*payload], f func()) { s.Run(nil, f) },
		"Scope": func(s *als.Storage[*payload], f func()) { defer s.WithScope(nil).End(); f() },
		"Scope, forgotten": func(s *als.Storage[*payload], f func()) {
			s.Run(nil, func() { s.WithScope(nil); f() })
		},
		"Scope, ended elsewhere": func(s *als.Storage[*payload], f func()) {
			scope := s.WithScope(nil)
			f()
			testkit.InGoroutine(scope.End)
		},
		"Scope under a Scope": func(s *als.Storage[*payload], f func()) {
			scope := s.WithScope(nil)
			f()
			defer s.WithScope(nil).End()
			scope.End()
		},
		"Scope after Disable": func(s *als.Storage[*payload], f func()) {
			defer s.WithScope(nil).End()
			s.Disable()
			f()
		},
	} {
		s := newSecret[*payload]()
		var gone []weak.Pointer[payload]
		var kept []als.ExecutionContext
		add := func() {
			w, c := enter(s)
			gone, kept = append(gone, w), append(kept, c)
		}
		testkit.InGoroutine(func() {
			around(s, func() {
				for range 3 {
					add()
				}
				testkit.Through(als.Go, func() { add(); add() })
			})
			s.EnterWith(nil) // over what a Scope that ended elsewhere has left in the cell
		})
		for i, w := range gone {
			testkit.Garbage(t, what, w)
			kept[i].Run(func() { wantNone(t, s) })
		}
		runtime.KeepAlive(kept)
	}
}

// A store that EnterWith sets is released when its layer ends. That holds also on another
// goroutine than the one that ends the layer, even if it does not use als any more.
func TestStoresThatEnterWithSetAreGarbageWhileTheirGoroutineWaits(t *testing.T) {
	// Each calls work on another goroutine, and wait before the layer ends.
	for what, around := range map[string]func(s *als.Storage[*payload], work, wait func()){
		"Run": func(s *als.Storage[*payload], work, wait func()) {
			s.Run(nil, func() { als.Go(work); wait() })
		},
		"Scope": func(s *als.Storage[*payload], work, wait func()) {
			defer s.WithScope(nil).End()
			als.Go(work)
			wait()
		},
		"Scope, ended elsewhere": func(s *als.Storage[*payload], work, wait func()) {
			scope := make(chan als.Scope[*payload], 1)
			als.Go(func() { scope <- s.WithScope(nil); work() })
			wait()
			(<-scope).End()
		},
		"Scope, ended elsewhere, after Disable": func(s *als.Storage[*payload], work, wait func()) {
			scope := make(chan als.Scope[*payload], 1)
			als.Go(func() { scope <- s.WithScope(nil); s.Disable(); work() })
			wait()
			(<-scope).End()
		},
	} {
		t.Run(what, func(t *testing.T) {
			s := newSecret[*payload]()
			var w weak.Pointer[payload]
			entered, release, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
			around(s, func() {
				defer close(done)
				var p *payload
				p, w = newPayload()
				s.EnterWith(nil)
				s.EnterWith(p)
				close(entered)
				<-release
				wantNone(t, s)
			}, func() { <-entered })
			testkit.Garbage(t, what, w)
			close(release)
			<-done
		})
	}
}

// EnterWith in a loop keeps no store that nothing has captured.
func TestEnterWithInALoopKeepsNothing(t *testing.T) {
	s := newSecret[*payload]()
	defer s.WithScope(nil).End()
	p, first := newPayload()
	s.EnterWith(p)
	p = nil
	for range 1000 {
		s.EnterWith(nil)
	}
	testkit.Garbage(t, "a store that EnterWith covered", first)
	wantAllocs(t, "EnterWith over EnterWith, with RevokeOnEnd", 1, func() { s.EnterWith(nil) }) // its box
}
