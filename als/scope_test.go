package als_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"weak"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Four scopes end in each of their 24 orders, some of them inside an enclosure that itself
// ends in between, with an EnterWith at each step. After every step the current store is
// compared with a model.
func TestScopesEndInAnyOrder(t *testing.T) {
	cases := 0
	for _, around := range []string{"", "Run", "Exit", "ExecutionContext.Run", "Bind", "Run of another"} {
		for _, revoke := range []bool{false, true} {
			for _, boxed := range []bool{false, true} {
				before := cases
				t.Run(fmt.Sprintf("around=%s,revoke=%t,boxed=%t", around, revoke, boxed), func(t *testing.T) {
					permutations([]int{0, 1, 2, 3}, func(order []int) {
						for _, p := range scopePlans(around, order) {
							cases++
							if testkit.SlowIDs() && cases%50 != 0 {
								continue // all take an hour
							}
							if boxed {
								runScopePlan(t, p, revoke, func(i int) [5]int { return [5]int{i, i, i, i, i} })
							} else {
								runScopePlan(t, p, revoke, func(i int) int { return i })
							}
							if t.Failed() {
								return
							}
						}
					})
				})
				require.Greater(t, cases, before+24)
			}
		}
	}
	t.Logf("%d cases", cases)
}

// A scopePlan opens scopes 0 to 3 and ends them in order. An enclosure is around the
// opening of the scopes from first on, and around the first ends of the order.
type scopePlan struct {
	around      string
	first, ends int
	order       []int
	enter       int // the step before which an EnterWith happens, -1 if none does
}

func scopePlans(around string, order []int) (all []scopePlan) {
	const steps = 9 // 4 opens, 4 ends, and after them
	for enter := -1; enter < steps; enter++ {
		if around == "" {
			all = append(all, scopePlan{"", 4, 0, slices.Clone(order), enter})
			continue
		}
		for first := range 5 {
			for ends := range 5 {
				all = append(all, scopePlan{around, first, ends, slices.Clone(order), enter})
			}
		}
	}
	return all
}

func permutations(a []int, f func([]int)) {
	var permute func(n int)
	permute = func(n int) {
		if n == len(a) {
			f(a)
			return
		}
		for i := n; i < len(a); i++ {
			a[n], a[i] = a[i], a[n]
			permute(n + 1)
			a[n], a[i] = a[i], a[n]
		}
	}
	permute(0)
}

// A scopeLayer is the model's Run, Exit, Scope or switch of contexts. Reads stop at a
// switch.
type scopeLayer struct {
	store  int         // 0 is none
	begun  *scopeLayer // whose end revokes the store, nil if nothing does
	ended  bool
	bottom bool // a switch
}

type scopeModel struct {
	layers []*scopeLayer
	revoke bool
}

// top returns the innermost open layer.
func (m *scopeModel) top() *scopeLayer {
	for _, l := range slices.Backward(m.layers) {
		if !l.ended || l.bottom {
			return l
		}
	}
	panic("no bottom")
}

func (m *scopeModel) current() int {
	l := m.top()
	if m.revoke && l.begun != nil && l.begun.ended {
		return 0
	}
	return l.store
}

func (m *scopeModel) enter(store int) {
	l := m.top()
	if m.current() == 0 {
		l.begun = nil
	}
	l.store = store
}

func (m *scopeModel) open(store int) *scopeLayer {
	l := &scopeLayer{store: store}
	if store != 0 {
		l.begun = l
	}
	m.layers = append(m.layers, l)
	return l
}

// close ends a layer and all above it.
func (m *scopeModel) close(bottom *scopeLayer) {
	for {
		last := len(m.layers) - 1
		l := m.layers[last]
		l.ended = true
		m.layers = m.layers[:last]
		if l == bottom {
			return
		}
	}
}

func runScopePlan[T comparable](t *testing.T, p scopePlan, revoke bool, store func(int) T) {
	s := als.New(als.Options[T]{RevokeOnEnd: revoke})
	var other als.Storage[int]
	m := &scopeModel{revoke: revoke, layers: []*scopeLayer{{bottom: true}}}
	var trace []string
	step := 0
	check := func(what string) {
		trace = append(trace, what)
		got, ok := s.GetStore()
		want := m.current()
		var wantT T
		if want != 0 {
			wantT = store(want)
		}
		if ok != (want != 0) || got != wantT {
			t.Errorf("%+v: after %s: got %v %t, want %d", p, strings.Join(trace, ", "), got, ok, want)
		}
	}
	before := func() {
		if step == p.enter {
			s.EnterWith(store(50))
			m.enter(50)
			check("EnterWith")
		}
		step++
	}
	var scopes [4]als.Scope[T]
	var modelled [4]*scopeLayer
	open := func(from, to int) {
		for i := from; i < to; i++ {
			before()
			scopes[i], modelled[i] = s.WithScope(store(10+i)), m.open(10+i)
			check(fmt.Sprintf("open %d", i))
		}
	}
	end := func(which []int) {
		for _, i := range which {
			before()
			scopes[i].End()
			modelled[i].ended = true
			check(fmt.Sprintf("end %d", i))
			scopes[i].End()
			check("again")
		}
	}
	inside := func() {
		check(p.around)
		open(p.first, 4)
		end(p.order[:p.ends])
	}
	testkit.InGoroutine(func() {
		open(0, p.first)
		switch p.around {
		case "":
			inside()
		case "Run":
			l := m.open(70)
			s.Run(store(70), inside)
			m.close(l)
		case "Exit":
			l := m.open(0)
			s.Exit(inside)
			m.close(l)
		case "Run of another":
			other.Run(1, inside)
		default:
			captured := &scopeLayer{store: m.current(), begun: m.top().begun, bottom: true}
			if captured.store == 0 {
				captured.begun = nil
			}
			m.layers = append(m.layers, captured)
			if p.around == "Bind" {
				als.Bind(inside)()
			} else {
				als.Snapshot().Run(inside)
			}
			m.close(captured)
		}
		check("back")
		end(p.order[p.ends:])
		before()
		for _, scope := range scopes {
			scope.End()
		}
		check("all again")
	})
}

func TestDeferredScopeIsARunWithoutAFunction(t *testing.T) {
	var s als.Storage[string]
	inner := func() {
		defer s.WithScope("inner").End()
		wantStore(t, &s, "inner")
	}
	outer := func() {
		defer s.WithScope("outer").End()
		wantStore(t, &s, "outer")
		inner()
		wantStore(t, &s, "outer")
	}
	outer()
	wantNone(t, &s)
}

func TestEndOfTheZeroScopeDoesNothing(t *testing.T) {
	var s als.Storage[int]
	var zero als.Scope[int]
	zero.End()
	s.Run(1, func() {
		zero.End()
		zero.End()
		wantStore(t, &s, 1)
	})
	testkit.InGoroutine(zero.End)
}

func TestCopiesOfAScopeAreTheSameScope(t *testing.T) {
	var s als.Storage[int]
	a := s.WithScope(1)
	b := s.WithScope(2)
	again := b
	b.End()
	wantStore(t, &s, 1)
	again.End() // must not end the one beneath
	wantStore(t, &s, 1)
	ended := a
	ended.End()
	wantNone(t, &s)
	a.End()
	wantNone(t, &s)
	assert.Equal(t, a, ended)
}

func TestEndOnAnotherGoroutinePanicsAndChangesNothing(t *testing.T) {
	s := als.New[int]()
	for how, start := range starts {
		outer, inner := s.WithScope(1), s.WithScope(2)
		testkit.Through(start, func() {
			for range 2 {
				assert.Equal(t, "als: Scope.End: called on another goroutine than WithScope", testkit.Caught(inner.End), how)
				assert.Equal(t, "als: Scope.End: called on another goroutine than WithScope", testkit.Caught(outer.End), how)
			}
			if how != "go" {
				wantStore(t, s, 2)
			}
		})
		wantStore(t, s, 2)
		inner.End()
		wantStore(t, s, 1)
		outer.End()
		wantNone(t, s)
	}
}

var starts = map[string]func(func()){
	"go": func(f func()) { go f() }, "als.Go": als.Go, "bound": func(f func()) { go als.Bind(f)() },
}

// With RevokeOnEnd any goroutine may end a scope. The store is then gone in all captures,
// and the opener has the store beneath.
func TestEndOnAnotherGoroutineRevokes(t *testing.T) {
	s := als.New(als.Options[int]{RevokeOnEnd: true})
	for how, start := range starts {
		s.Run(1, func() {
			outer, inner := s.WithScope(2), s.WithScope(3)
			captured := als.Snapshot()
			elsewhere := func(end func()) {
				testkit.Through(start, func() {
					end()
					captured.Run(func() { wantNone(t, s, how) })
					end()
				})
			}
			s.Run(4, func() {
				elsewhere(inner.End)
				wantStore(t, s, 4, how)
			})
			wantStore(t, s, 2, how)
			testkit.Through(als.Go, func() { wantStore(t, s, 2, how) })
			inner.End()
			wantStore(t, s, 2, how)
			captured.Run(func() { wantNone(t, s, how) })
			s.EnterWith(5)
			elsewhere(outer.End)
			s.EnterWith(6)
			wantStore(t, s, 6, how)
			outer.End()
			wantStore(t, s, 6, how)
		})
		wantNone(t, s, how)
	}
}

// A capture has the store beneath the ended scope, also while the goroutine holds a store
// with InheritNever.
func TestCaptureAfterEndOnAnotherGoroutine(t *testing.T) {
	s := als.New(als.Options[int]{RevokeOnEnd: true})
	never := als.New(als.Options[int]{Inherit: als.InheritNever})
	for _, inherit := range []func(f func()){func(f func()) { f() }, func(f func()) { never.Run(1, f) }} {
		s.Run(1, func() {
			inherit(func() {
				testkit.InGoroutine(s.WithScope(2).End)
				als.Snapshot().Run(func() { wantStore(t, s, 1) })
				testkit.InGoroutine(s.WithScope(2).End)
				testkit.Through(als.Go, func() { wantStore(t, s, 1) })
			})
		})
	}
}

// The end of a scope on another goroutine does not disturb what its opener does meanwhile.
func TestEndOnAnotherGoroutineWhileItsOpenerIsAtWork(t *testing.T) {
	s := als.New(als.Options[int]{RevokeOnEnd: true})
	testkit.InGoroutine(func() {
		s.EnterWith(1)
		for range testkit.ScaledByG(t, 3000) {
			scope := s.WithScope(2)
			var ended sync.WaitGroup
			ended.Add(1)
			go func() { defer ended.Done(); scope.End() }()
			for seen := false; !seen; {
				got := s.Get()
				seen = got == 1
				if !seen && got != 2 {
					t.Errorf("got %d", got)
				}
				s.Run(3, func() { als.Snapshot().Run(func() { wantStore(t, s, 3) }) })
				runtime.Gosched()
			}
			ended.Wait()
			scope.End()
			wantStore(t, s, 1)
		}
	})
}

func TestScopeOfAGoroutineThatExitedCannotBeEnded(t *testing.T) {
	var s als.Storage[int]
	var left als.Scope[int]
	testkit.InGoroutine(func() { left = s.WithScope(1) })
	for range testkit.ScaledByG(t, 500) { // some of them on the same g
		testkit.InGoroutine(func() {
			s.EnterWith(2)
			assert.NotNil(t, testkit.Caught(left.End))
			wantStore(t, &s, 2)
		})
	}
}

func TestOpenScopeEndsWithItsEnclosure(t *testing.T) {
	for _, revoke := range []bool{false, true} {
		s := als.New(als.Options[string]{RevokeOnEnd: revoke})
		for what, around := range map[string]func(func()){
			"Run":                  func(f func()) { s.Run("run", f) },
			"Exit":                 s.Exit,
			"ExecutionContext.Run": func(f func()) { als.Snapshot().Run(f) },
			"bound":                func(f func()) { als.Bind(f)() },
		} {
			testkit.InGoroutine(func() {
				s.EnterWith("before")
				var left [3]als.Scope[string]
				around(func() {
					for i := range left {
						left[i] = s.WithScope("left open")
					}
					left[1].End()
					wantStore(t, s, "left open", what)
				})
				wantStore(t, s, "before", what)
				s.EnterWith("after")
				for i := range left {
					left[i].End() // has ended before
					wantStore(t, s, "after", what)
				}
			})
		}
	}
}

func TestScopeThatIsNeverEndedLastsAsLongAsAnEnterWith(t *testing.T) {
	var s als.Storage[int]
	testkit.InGoroutine(func() {
		s.WithScope(1)
		wantStore(t, &s, 1)
		testkit.Through(als.Go, func() { wantStore(t, &s, 1) })
		s.Run(2, func() { wantStore(t, &s, 2) })
		wantStore(t, &s, 1)
	})
	wantNone(t, &s)
}

func TestScopesOfDifferentStoragesEndInAnyOrder(t *testing.T) {
	var storages [4]als.Storage[int]
	permutations([]int{0, 1, 2, 3}, func(order []int) {
		testkit.InGoroutine(func() {
			var scopes [4]als.Scope[int]
			for i := range scopes {
				scopes[i] = storages[i].WithScope(i)
			}
			open := [4]bool{true, true, true, true}
			for _, i := range order {
				scopes[i].End()
				open[i] = false
				for j := range open {
					if open[j] {
						wantStore(t, &storages[j], j)
					} else {
						wantNone(t, &storages[j])
					}
				}
			}
		})
	})
}

func TestScopeInsideAGoroutineThatAlsGoStarted(t *testing.T) {
	var s als.Storage[int]
	s.Run(1, func() {
		testkit.Through(als.Go, func() {
			scope := s.WithScope(2)
			wantStore(t, &s, 2)
			testkit.Through(als.Go, func() { wantStore(t, &s, 2) })
			scope.End()
			wantStore(t, &s, 1)
		})
	})
}

// The end of a scope whose store does not fit into a cell must not change the store,
// because captures share it.
func TestEndOfAScopeDoesNotTouchTheStoreItself(t *testing.T) {
	s := als.New[[]byte]()
	scope := s.WithScope([]byte("bytes"))
	snapshot := als.Snapshot()
	scope.End()
	snapshot.Run(func() { wantStore(t, s, []byte("bytes")) })
}

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

// The cost of an operation does not depend on how many scopes are open, of this storage or
// of another. Otherwise this test would run for minutes.
func TestThousandsOfOpenScopes(t *testing.T) {
	n := testkit.ScaledByG(t, 60_000)
	for _, revoke := range []bool{false, true} {
		s, other := als.New(als.Options[int]{RevokeOnEnd: revoke}), als.New[int]()
		testkit.InGoroutine(func() {
			for i := range n {
				defer func() { wantStore(t, other, 1) }()
				defer s.WithScope(i).End()
				other.Run(2, func() {})
				other.WithScope(3).End()
			}
			other.EnterWith(1)
			wantStore(t, s, n-1)
		})
		testkit.InGoroutine(func() {
			scopes := make([]als.Scope[int], n)
			for i := range scopes {
				scopes[i] = s.WithScope(i)
			}
			bound := als.Bind(func() { wantStore(t, s, n-1) })
			for _, scope := range scopes[:n-1] {
				scope.End()
				bound()
			}
			wantStore(t, s, n-1)
			scopes[n-1].End()
			wantNone(t, s)
		})
	}
}
