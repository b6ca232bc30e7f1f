package als_test

import (
	"runtime"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// The stack moves and the collector runs inside enclosures whose frames were on the old
// stack.
func TestStackGrowthAndGCInsideEveryEnclosure(t *testing.T) {
	for _, e := range enclosures {
		for _, revoke := range []bool{false, true} {
			s := als.New(als.Options[int]{RevokeOnEnd: revoke})
			testkit.InGoroutine(func() {
				s.EnterWith(1)
				e.run(s, 2, func() {
					growStack(64)
					runtime.GC()
					e.run(s, 3, func() {
						growStack(256)
						wantStore(t, s, 3, e.name)
					})
					runtime.GC() // shrinks it again
					wantStore(t, s, 2, e.name)
				})
				growStack(512)
				wantStore(t, s, 1, e.name)
			})
		}
	}
}

// Stores may point to local variables, which therefore are on the heap.
func TestStoresThatPointToLocalVariables(t *testing.T) {
	type local struct {
		n    int
		next *local
	}
	var s als.Storage[*local]
	var f als.Storage[func() int]
	var e als.Storage[any]
	var l als.Storage[[]int]
	testkit.InGoroutine(func() {
		var down func(i int, above *local)
		down = func(i int, above *local) {
			var a [3]int
			here := local{i, above}
			s.Run(&here, func() {
				l.Run(a[:], func() {
					f.Run(func() int { return here.n }, func() {
						e.Run(&a, func() {
							growStack(i)
							a[1] = i
							if i%50 == 0 {
								runtime.GC()
							}
							if i < 200 {
								down(i+1, &here)
							}
							here.n = -i
							growStack(i)
							assert.Same(t, &here, s.Get())
							assert.Equal(t, -i, s.Get().n)
							assert.Equal(t, -i, f.Get()())
							assert.Equal(t, i, l.Get()[1])
							assert.Equal(t, i, e.Get().(*[3]int)[1])
							if above != nil {
								assert.Equal(t, i-1, s.Get().next.n)
							}
						})
					})
				})
			})
		}
		down(0, nil)
	})
}

func TestRunAtTheEdgeOfTheStack(t *testing.T) {
	var s als.Storage[int]
	var edge func(n int)
	edge = func(n int) { // small frames, so that each function of als grows the stack once
		if n == 0 {
			return
		}
		s.Run(n, func() {
			als.Snapshot().Run(func() {
				if s.Get() != n {
					t.Errorf("got %d, want %d", s.Get(), n)
				}
				edge(n - 1)
			})
		})
	}
	for i := range 20 {
		testkit.InGoroutine(func() {
			growStack(i)
			edge(300 + i)
		})
	}
}
