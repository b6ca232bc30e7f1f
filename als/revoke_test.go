package als_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func newSecret[T any]() *als.Storage[T] { return als.New(als.Options[T]{RevokeOnEnd: true}) }

// In every kind of capture that is made during the Run, the store is there before the end
// of the Run and gone after it.
func TestEndOfARunRevokesItsStoreInEveryCapture(t *testing.T) {
	for what, around := range map[string]func(s *als.Storage[string], f func()){
		"Run":   func(s *als.Storage[string], f func()) { s.Run("secret", f) },
		"Scope": func(s *als.Storage[string], f func()) { defer s.WithScope("secret").End(); f() },
		"Run, panic": func(s *als.Storage[string], f func()) {
			testkit.Caught(func() { s.Run("secret", func() { f(); panic("x") }) })
		},
		"Run, Goexit": func(s *als.Storage[string], f func()) {
			testkit.InGoroutine(func() { s.Run("secret", func() { f(); runtime.Goexit() }) })
		},
		"EnterWith in Run": func(s *als.Storage[string], f func()) {
			s.Run("first", func() { s.EnterWith("secret"); f() })
		},
		"EnterWith in Scope": func(s *als.Storage[string], f func()) {
			defer s.WithScope("first").End()
			s.EnterWith("second")
			s.EnterWith("secret")
			f()
		},
		"RunFunc": func(s *als.Storage[string], f func()) { als.RunFunc(s, "secret", func() int { f(); return 0 }) },
		"Scope left open in Run": func(s *als.Storage[string], f func()) {
			s.Run("outer", func() { s.WithScope("secret"); f() })
		},
		"Scope left open in a bound function": func(s *als.Storage[string], f func()) {
			als.Bind(func() { s.WithScope("secret"); f() })()
		},
	} {
		t.Run(what, func(t *testing.T) {
			s := newSecret[string]()
			var other als.Storage[string]
			var wg sync.WaitGroup
			ended := make(chan struct{})
			var captured []func(func()) // each runs a function where the store was captured
			around(s, func() {
				wantStore(t, s, "secret")
				other.Run("other", func() {
					c := als.Snapshot()
					run := als.Bind(func(f func()) { f() })
					ctx := als.NewContext(context.Background())
					captured = []func(func()){
						c.Run,
						run,
						func(f func()) { testkit.Through(c.Go, f) },
						func(f func()) { c.Run(func() { testkit.Through(als.Go, f) }) },
						func(f func()) { c.Run(func() { als.Snapshot().Run(f) }) },
						func(f func()) { c.Run(func() { als.New[int]().Run(1, f) }) },
						func(f func()) { c, _ := als.FromContext(ctx); c.Run(f) },
					}
					for _, in := range captured {
						in(func() { wantStore(t, s, "secret") })
					}
					look := func() { // on a goroutine that outlives the Run
						defer wg.Done()
						wantNone(t, s)
						wantStore(t, &other, "other")
						testkit.Through(als.Go, func() { wantNone(t, s) })
					}
					wg.Add(3)
					als.Go(func() { <-ended; look() })
					als.Go(func() {
						s.Run("of its own", func() {
							<-ended
							wantStore(t, s, "of its own")
						})
						look()
					})
					als.AfterFunc(time.Nanosecond, func() { <-ended; look() })
				})
			})
			close(ended)
			wantNone(t, s)
			for _, in := range captured {
				in(func() {
					wantNone(t, s)
					wantStore(t, &other, "other")
				})
			}
			wg.Wait()
		})
	}
}

func TestScopeLeftOpenIsRevokedWithItsGoroutine(t *testing.T) {
	s := newSecret[string]()
	var c als.ExecutionContext
	als.New[int]().Run(1, func() {
		testkit.Through(als.Go, func() {
			s.WithScope("secret")
			c = als.Snapshot()
		})
	})
	testkit.Eventually(t, "revoked", func() (gone bool) {
		c.Run(func() { _, ok := s.GetStore(); gone = !ok })
		return gone
	})
}

func TestNilAndZeroStoresAreRevokedLikeOthers(t *testing.T) {
	def := "default"
	s := als.New(als.Options[*string]{RevokeOnEnd: true, Default: &def})
	n := als.New(als.Options[int]{RevokeOnEnd: true, Default: 7})
	var c als.ExecutionContext
	s.Run(nil, func() {
		n.Run(0, func() {
			c = als.Snapshot()
			c.Run(func() { wantStore(t, s, nil); wantStore(t, n, 0) })
		})
		c.Run(func() {
			wantStore(t, s, nil)
			got, ok := n.GetStore()
			assert.False(t, ok)
			assert.Equal(t, 7, got)
		})
	})
	c.Run(func() {
		got, ok := s.GetStore()
		assert.False(t, ok)
		assert.Same(t, &def, got)
	})
}

func TestEndOfAnInnerRunRevokesOnlyItsOwnStore(t *testing.T) {
	s := newSecret[int]()
	var contexts []als.ExecutionContext
	live := func(n int) { // the first n still have their stores
		for i, c := range contexts {
			c.Run(func() {
				if i < n {
					wantStore(t, s, i)
				} else {
					wantNone(t, s)
				}
			})
		}
	}
	var nest func(i int)
	nest = func(i int) {
		if i == 5 {
			return
		}
		s.Run(i, func() {
			contexts = append(contexts, als.Snapshot())
			live(i + 1)
			nest(i + 1)
			live(i + 1)
			wantStore(t, s, i)
		})
		live(i)
	}
	nest(0)
}

func TestScopesAreRevokedInTheOrderInWhichTheyEnd(t *testing.T) {
	permutations([]int{0, 1, 2, 3}, func(order []int) {
		s := newSecret[int]()
		testkit.InGoroutine(func() {
			var scopes [4]als.Scope[int]
			var contexts [4]als.ExecutionContext
			for i := range scopes {
				scopes[i] = s.WithScope(i)
				contexts[i] = als.Snapshot()
			}
			ended := make([]bool, 4)
			for _, i := range order {
				scopes[i].End()
				ended[i] = true
				for j := range contexts {
					contexts[j].Run(func() {
						if ended[j] {
							wantNone(t, s)
						} else {
							wantStore(t, s, j)
						}
					})
				}
			}
			wantNone(t, s)
		})
	})
}

func TestEveryStoreThatWasEnteredInsideIsRevoked(t *testing.T) {
	for what, around := range map[string]func(s *als.Storage[int], f func()){
		"Run":   func(s *als.Storage[int], f func()) { s.Run(1, f) },
		"Scope": func(s *als.Storage[int], f func()) { defer s.WithScope(1).End(); f() },
	} {
		s := newSecret[int]()
		var contexts []als.ExecutionContext
		around(s, func() {
			contexts = append(contexts, als.Snapshot())
			for i := range 3 {
				s.EnterWith(2 + i)
				contexts = append(contexts, als.Snapshot())
			}
			testkit.Through(als.Go, func() {
				s.EnterWith(5)
				contexts = append(contexts, als.Snapshot())
			})
			for i, c := range contexts {
				c.Run(func() { wantStore(t, s, 1+i, what) })
			}
		})
		for i, c := range contexts {
			c.Run(func() { wantNone(t, s, "%s: store %d", what, 1+i) })
		}
	}
}

// A scope that ends while its goroutine runs in another context is revoked in all.
func TestScopeThatEndsInsideAnotherContextIsRevoked(t *testing.T) {
	s := newSecret[int]()
	var c als.ExecutionContext
	s.Run(1, func() {
		scope := s.WithScope(2)
		c = als.Snapshot()
		als.ExecutionContext{}.Run(func() {
			scope.End()
			c.Run(func() { wantNone(t, s) })
			s.EnterWith(3)
			wantStore(t, s, 3)
		})
		wantStore(t, s, 1)
		c.Run(func() { scope.End(); wantNone(t, s) })
		wantStore(t, s, 1)
	})
}

// A goroutine with a revoked store works like one without a store.
func TestRevokedStoreDoesNotBlockNewStores(t *testing.T) {
	s := newSecret[int]()
	var c als.ExecutionContext
	s.Run(1, func() { c = als.Snapshot() })
	c.Run(func() {
		wantNone(t, s)
		s.Run(2, func() { wantStore(t, s, 2) })
		wantNone(t, s)
		scope := s.WithScope(3)
		wantStore(t, s, 3)
		scope.End()
		wantNone(t, s)
		s.EnterWith(4)
		wantStore(t, s, 4)
		testkit.Through(als.Go, func() { wantStore(t, s, 4) })
		s.EnterWith(5)
		wantStore(t, s, 5)
	})
}

func TestEnterWithOutsideOfARunIsNeverRevoked(t *testing.T) {
	s := newSecret[int]()
	var c als.ExecutionContext
	testkit.InGoroutine(func() {
		s.EnterWith(1)
		s.Run(2, func() {})
		s.WithScope(3).End()
		wantStore(t, s, 1)
		c = als.Snapshot()
	})
	c.Run(func() { wantStore(t, s, 1) })
}

func TestOtherStoragesAreNotRevoked(t *testing.T) {
	s, alsoSecret := newSecret[int](), newSecret[int]()
	var plain als.Storage[int]
	var c als.ExecutionContext
	alsoSecret.Run(1, func() {
		plain.Run(2, func() { s.Run(3, func() { c = als.Snapshot() }) })
		c.Run(func() {
			wantStore(t, alsoSecret, 1)
			wantStore(t, &plain, 2)
			wantNone(t, s)
		})
	})
	c.Run(func() {
		wantNone(t, alsoSecret)
		wantStore(t, &plain, 2)
	})
}

func TestARevocableStoreThatDoesNotFitACell(t *testing.T) {
	type big [20]string
	s := newSecret[big]()
	var c als.ExecutionContext
	s.Run(big{19: "last"}, func() {
		c = als.Snapshot()
		c.Run(func() { wantStore(t, s, big{19: "last"}) })
	})
	c.Run(func() { wantNone(t, s) })
}

// Readers on other goroutines see the store or nothing, and nothing once the end of the
// Run happened before the read.
func TestReadersWhileARunEnds(t *testing.T) {
	type secret struct{ a, b, c, round int }
	s := newSecret[secret]()
	for round := range testkit.ScaledByG(t, 500) {
		var wg sync.WaitGroup
		v := secret{round, round, round, round}
		ended := make(chan struct{})
		s.Run(v, func() {
			started := make(chan struct{})
			for range 4 {
				wg.Add(1)
				als.Go(func() {
					defer wg.Done()
					<-started
					for last := false; !last; {
						last = testkit.Closed(ended)
						got, ok := s.GetStore()
						if ok && got != v || !ok && got != (secret{}) || last && ok {
							t.Errorf("round %d, ended %t: got %v, %t, want %v, or none", round, last, got, ok, v)
						}
					}
				})
			}
			close(started)
		})
		close(ended)
		wg.Wait()
	}
}

// A store that EnterWith sets in a scope is revoked with the scope, also after a Disable,
// whichever goroutine ends the scope.
func TestEnterWithInAScopeAfterDisable(t *testing.T) {
	for _, run := range map[string]func(func()){"here": func(f func()) { f() }, "elsewhere": testkit.InGoroutine} {
		for _, beneath := range []bool{false, true} {
			s := newSecret[*int]()
			one, two, three := new(int), new(int), new(int)
			if beneath {
				defer s.WithScope(one).End()
			}
			scope := s.WithScope(two)
			s.Disable()
			s.EnterWith(three)
			captured := als.Snapshot()
			assert.Same(t, three, s.Get())
			run(scope.End)
			wantNone(t, s) // what lies beneath was disabled, too
			captured.Run(func() { wantNone(t, s) })
		}
	}
}

// The end of a goroutine that Go or AfterFunc started with stores revokes the store of a
// scope that was left open there.
func TestEndOfAGoroutineRevokesTheStoreOfAForgottenScope(t *testing.T) {
	s, other := newSecret[string](), als.New[int]()
	for what, start := range map[string]func(f func()){
		"Go":                  als.Go,
		"ExecutionContext.Go": func(f func()) { als.Snapshot().Go(f) },
		"AfterFunc":           func(f func()) { als.AfterFunc(0, f) },
	} {
		captured := make(chan func() string, 1)
		other.Run(1, func() {
			start(func() { s.WithScope("secret"); captured <- als.Bind(s.Get) })
		})
		get := <-captured
		testkit.Eventually(t, what+" has revoked the store", func() bool { return get() == "" })
	}
}
