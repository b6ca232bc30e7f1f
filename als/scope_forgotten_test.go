package als_test

import (
	"runtime"
	"sync/atomic"
	"testing"
	"weak"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// A span is large enough to be seen in the heap when thousands are kept.
type span struct{ data [1 << 10]byte }

// A scope can never end once the program has dropped its Scope. Such scopes keep no store
// that they hide, whether they are beneath or above a scope that will end.
func TestForgottenScopesKeepNothing(t *testing.T) {
	const forgotten = 2000
	for _, revoke := range []bool{false, true} {
		testkit.InGoroutine(func() {
			s := als.New(als.Options[*span]{RevokeOnEnd: revoke})
			var finalized atomic.Int64
			newSpan := func() *span {
				x := new(span)
				runtime.AddCleanup(x, func(int) { finalized.Add(1) }, 0)
				return x
			}
			bottom := newSpan()
			first := s.WithScope(bottom)
			for range forgotten {
				s.WithScope(newSpan())
			}
			beneath := s.Get()
			last := s.WithScope(new(span))
			testkit.EventuallyCollected(t, "the stores that forgotten scopes hide are garbage", func() bool { return finalized.Load() >= forgotten-2 })
			last.End()
			wantStore(t, s, beneath)
			last.End() // it has ended
			wantStore(t, s, beneath)
			s.WithScope(new(span)).End()
			wantStore(t, s, beneath)
			first.End()
			wantStore(t, s, beneath)
			runtime.KeepAlive(bottom)
		})
	}
}

// Captured stores of forgotten scopes are revoked and released with the Run around the
// scopes, also if the scopes have been collected.
func TestForgottenScopesAreRevokedWithTheirRun(t *testing.T) {
	collect := func() {
		for range 3 {
			runtime.GC()
		}
	}
	for name, above := range map[string]func(s *als.Storage[*span]){
		"nothing": func(*als.Storage[*span]) {},
		"a scope that ended": func(s *als.Storage[*span]) {
			scope := s.WithScope(new(span))
			collect() // the scopes beneath
			scope.End()
		},
		"an open scope": func(s *als.Storage[*span]) { s.WithScope(new(span)) },
		"an EnterWith": func(s *als.Storage[*span]) {
			s.WithScope(new(span))
			s.EnterWith(new(span))
		},
	} {
		s := newSecret[*span]()
		var captured []als.ExecutionContext
		var stores []weak.Pointer[span]
		capture := func() {
			captured, stores = append(captured, als.Snapshot()), append(stores, weak.Make(s.Get()))
		}
		testkit.InGoroutine(func() {
			s.Run(new(span), func() {
				capture()
				for range 20 {
					s.WithScope(new(span))
					capture()
					s.EnterWith(new(span))
					capture()
				}
				collect()
				above(s)
				capture()
				for i, c := range captured {
					c.Run(func() { assert.True(t, s.Get() == stores[i].Value(), name) })
				}
			})
			wantNone(t, s)
		})
		for _, c := range captured {
			c.Run(func() { wantNone(t, s) })
		}
		for _, store := range stores {
			testkit.Garbage(t, name, store)
		}
		runtime.KeepAlive(captured)
	}
}

// A scope that another goroutine has ended is skipped, even if it has been collected when
// the scope above it ends.
func TestScopeThatEndedElsewhereAndWasDropped(t *testing.T) {
	for _, enter := range []bool{false, true} {
		s := newSecret[int]()
		first := s.WithScope(1)
		above := func() als.Scope[int] {
			dropped := s.WithScope(2)
			if enter {
				s.EnterWith(3)
			}
			above := s.WithScope(4)
			testkit.InGoroutine(dropped.End)
			return above
		}()
		for range 3 {
			runtime.GC()
		}
		wantStore(t, s, 4)
		above.End()
		wantStore(t, s, 1)
		first.End()
		wantNone(t, s)
	}
}
