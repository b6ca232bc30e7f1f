package goroutine

import (
	"fmt"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIDIsTheOneInTheTraceback(t *testing.T) {
	eachLayout(t, func(t *testing.T) {
		for _, s := range situations {
			t.Run("in="+s.name, func(t *testing.T) {
				var checks atomic.Int64
				s.run(t, func() {
					checkID(t)
					checks.Add(1)
				})
				// A situation that did not occur proves nothing.
				require.GreaterOrEqual(t, checks.Load(), int64(s.checks))
			})
		}
	})
}

// checkID compares all ways to the caller's ID.
func checkID(t *testing.T) {
	want := tracebackID()
	assert.NotZero(t, want)
	assert.Equal(t, want, goidID())
	assert.Equal(t, want, ID())
	addr, id := g.Self()
	assert.Equal(t, want, id)
	if addr != 0 {
		assert.Equal(t, Pointer(), addr)
	}
}

// situations are the places where a goroutine may ask for its ID. Each run
// returns after all goroutines that it started have finished with check.
var situations = []struct {
	name   string
	checks int
	run    func(t *testing.T, check func())
}{
	{"test", 1, func(_ *testing.T, check func()) { check() }},
	{"main", 2, func(t *testing.T, check func()) {
		done := make(chan struct{})
		mainWork <- func() {
			defer close(done)
			check()
			if assert.Equal(t, uint64(1), ID()) {
				check()
			}
		}
		<-done
	}},
	{"many-at-once", 300, func(_ *testing.T, check func()) {
		const n = 300
		var started, done sync.WaitGroup
		started.Add(n)
		for range n {
			done.Add(1)
			go func() {
				defer done.Done()
				started.Done()
				started.Wait()
				check()
			}()
		}
		done.Wait()
	}},
	{"reused-g", 200, func(t *testing.T, check func()) {
		for range testkit.Scaled(t, 20_000) {
			testkit.InGoroutine(check)
		}
	}},
	{"locked-thread", 3, func(_ *testing.T, check func()) {
		testkit.InGoroutine(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			check()
			testkit.InGoroutine(check) // on another thread
			check()
		})
	}},
	{"iter.Pull", 6, func(t *testing.T, check func()) {
		var ids []uint64
		next, stop := iter.Pull(func(yield func(uint64) bool) {
			defer check()
			for range 3 {
				check()
				if !yield(ID()) {
					return
				}
			}
		})
		for range 2 {
			testkit.InGoroutine(func() { // the iterator keeps its goroutine for any caller of next
				check()
				id, ok := next()
				assert.True(t, ok)
				assert.NotEqual(t, ID(), id)
				ids = append(ids, id)
				check()
			})
		}
		stop()
		assert.Equal(t, ids[0], ids[1])
	}},
	{"deep-stack", 2, func(t *testing.T, check func()) {
		testkit.InGoroutine(func() {
			check()
			want := tracebackID()
			testkit.Descend(1000, func() {
				// Some of these calls make the stack grow, most often in the slow twins.
				if ID() != want {
					t.Errorf("ID %d, want %d", ID(), want)
				}
				if _, id := g.Self(); id != want {
					t.Errorf("Self %d, want %d", id, want)
				}
			})
			check()
		})
	}},
	{"gc", 200, func(_ *testing.T, check func()) {
		testkit.UnderGC(func() {
			var done sync.WaitGroup
			for range 4 {
				done.Add(1)
				go func() {
					defer done.Done()
					for range 50 {
						check()
						runtime.Gosched()
					}
				}()
			}
			done.Wait()
		})
	}},
	{"finalizer", 1, func(t *testing.T, check func()) {
		ran := make(chan struct{})
		runtime.SetFinalizer(&struct{ p *int }{new(int)}, func(any) {
			defer close(ran)
			check()
		})
		testkit.Eventually(t, "finalizer has run", func() bool {
			runtime.GC()
			return testkit.Closed(ran)
		})
	}},
	{"cleanup", 1, func(t *testing.T, check func()) {
		ran := make(chan struct{})
		runtime.AddCleanup(&struct{ p *int }{new(int)}, func(ran chan struct{}) {
			defer close(ran)
			check()
		}, ran)
		testkit.Eventually(t, "cleanup has run", func() bool {
			runtime.GC()
			return testkit.Closed(ran)
		})
	}},
	{"timer", 1, func(_ *testing.T, check func()) {
		ran := make(chan struct{})
		time.AfterFunc(0, func() {
			defer close(ran)
			check()
		})
		<-ran
	}},
	{"panicking", 2, func(t *testing.T, check func()) {
		testkit.InGoroutine(func() {
			defer check()
			defer func() {
				check()
				assert.NotNil(t, recover())
			}()
			panic("on purpose")
		})
	}},
	{"goexit", 1, func(_ *testing.T, check func()) {
		testkit.InGoroutine(func() {
			defer check()
			runtime.Goexit()
		})
	}},
}

func TestSourceNamesItself(t *testing.T) {
	assert.Equal(t, "fallback known searched fallback", fmt.Sprint(Fallback, Known, Searched, Source(9)))
}
