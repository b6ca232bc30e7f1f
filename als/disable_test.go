package als_test

import (
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// Parked goroutines hold a store in every possible way. After Disable none finds it.
func TestDisableExitsEveryContextAtOnce(t *testing.T) {
	for _, revoke := range []bool{false, true} {
		s := als.New(als.Options[string]{Default: "default", RevokeOnEnd: revoke})
		var other als.Storage[string]
		exited := func(where string) {
			got, ok := s.GetStore()
			assert.False(t, ok, where)
			assert.Equal(t, "default", got, where)
			assert.Equal(t, "other", other.Get(), where)
		}
		var ready, done sync.WaitGroup
		disabled := make(chan struct{})
		spawn := func(where string, start func(func()), in func(func())) {
			ready.Add(1)
			done.Add(1)
			start(func() {
				defer done.Done()
				in(func() {
					wantStore(t, s, "store", where)
					ready.Done()
					<-disabled
					exited(where)
				})
			})
		}
		plain := func(f func()) { go f() }
		here := func(f func()) { f() }
		testkit.InGoroutine(func() {
			other.EnterWith("other")
			withOther := als.Snapshot()
			plain := func(f func()) { plain(func() { withOther.Run(f) }) }
			s.Run("store", func() {
				snapshot := als.Snapshot()
				bound := als.Bind(func() { exited("bound") })
				spawn("Go", als.Go, here)
				spawn("ExecutionContext.Go", snapshot.Go, here)
				spawn("Run", plain, func(f func()) { s.Run("store", f) })
				spawn("Run in Run", plain, func(f func()) { s.Run("x", func() { s.Run("store", f) }) })
				spawn("EnterWith", plain, func(f func()) { s.EnterWith("store"); f() })
				spawn("WithScope", plain, func(f func()) { defer s.WithScope("store").End(); f() })
				spawn("ExecutionContext.Run", plain, snapshot.Run)
				spawn("bound", plain, func(f func()) { snapshot.Run(func() { als.Bind(f)() }) })
				ready.Wait()
				s.Disable()
				close(disabled)
				done.Wait()
				exited("the caller")
				snapshot.Run(func() { exited("snapshot") })
				testkit.Through(snapshot.Go, func() { exited("snapshot.Go") })
				testkit.Through(als.Go, func() { exited("Go after it") })
				bound()
				als.Snapshot().Run(func() { exited("Snapshot after it") })
			})
			exited("after Run")
		})
	}
}

func TestNothingRestoresAStoreAfterDisable(t *testing.T) {
	for _, again := range []struct {
		how string
		do  func(s *als.Storage[int])
	}{
		{"nothing", func(*als.Storage[int]) {}},
		{"Run", func(s *als.Storage[int]) { s.Run(99, func() { assert.Equal(t, 99, s.Get()) }) }},
		{"WithScope", func(s *als.Storage[int]) {
			scope := s.WithScope(99)
			assert.Equal(t, 99, s.Get())
			scope.End()
		}},
		{"Exit", func(s *als.Storage[int]) { s.Exit(func() {}) }},
		{"EnterWith, restored", func(s *als.Storage[int]) {
			als.Snapshot().Run(func() { s.EnterWith(99); assert.Equal(t, 99, s.Get()) })
		}},
	} {
		t.Run(again.how, func(t *testing.T) {
			for _, revoke := range []bool{false, true} {
				s := als.New(als.Options[int]{RevokeOnEnd: revoke})
				s.Run(1, func() {
					snapshot := als.Snapshot()
					scope := s.WithScope(2)
					s.Run(3, func() {
						s.Run(4, func() {
							s.Disable()
							wantNone(t, s)
							again.do(s)
							wantNone(t, s)
						})
						wantNone(t, s, "the end of the inner Run")
					})
					wantNone(t, s, "the end of the outer Run")
					snapshot.Run(func() { wantNone(t, s); again.do(s); wantNone(t, s) })
					scope.End()
					wantNone(t, s, "the end of a Scope")
				})
				wantNone(t, s)
			}
		})
	}
}

func TestStorageIsUsableAgainAfterDisable(t *testing.T) {
	var s als.Storage[int]
	testkit.InGoroutine(func() {
		for i := range 100 {
			s.Run(i, func() {
				wantStore(t, &s, i)
				s.Disable()
				s.EnterWith(i + 1)
				wantStore(t, &s, i+1)
				testkit.Through(als.Go, func() { wantStore(t, &s, i+1) })
			})
			wantNone(t, &s, "a store that was entered inside ends with the Run")
			s.EnterWith(-i)
			wantStore(t, &s, -i)
			s.Disable()
			wantNone(t, &s)
		}
	})
}

func TestDisableBeforeFirstUseAndTwice(t *testing.T) {
	var s als.Storage[string]
	s.Disable()
	s.Disable()
	wantNone(t, &s)
	s.Run("x", func() {
		wantStore(t, &s, "x")
		s.Disable()
		s.Disable()
		wantNone(t, &s)
	})
}

func TestDisableLeavesOtherStoragesAlone(t *testing.T) {
	storages := make([]als.Storage[int], 50)
	testkit.InGoroutine(func() {
		for i := range storages {
			storages[i].EnterWith(i)
		}
		snapshot := als.Snapshot()
		for i := range storages {
			storages[i].Disable()
			check := func() {
				for j := range storages {
					if j <= i {
						wantNone(t, &storages[j])
					} else {
						wantStore(t, &storages[j], j)
					}
				}
			}
			check()
			snapshot.Run(check)
		}
	})
}

// Goroutines read and write while the storage is disabled again and again. A read may be
// before or after a Disable, but never finds another goroutine's store.
func TestDisableWhileAllGoroutinesUseTheStorage(t *testing.T) {
	type owner struct{ goroutine, round int }
	s := als.New[*owner]()
	testkit.Meanwhile(s.Disable, func() {
		var users sync.WaitGroup
		for g := range 4 {
			users.Add(1)
			go func() {
				defer users.Done()
				for i := range testkit.ScaledByG(t, 5000) {
					mine := &owner{g, i}
					s.Run(mine, func() {
						if got, ok := s.GetStore(); ok && got != mine {
							t.Errorf("%v sees %v", *mine, *got)
						}
						testkit.Through(als.Go, func() {
							if got, ok := s.GetStore(); ok && got != mine {
								t.Errorf("the child of %v sees %v", *mine, *got)
							}
						})
					})
					if got, ok := s.GetStore(); ok {
						t.Errorf("%v is still there", *got)
					}
				}
			}()
		}
		users.Wait()
	})
}
