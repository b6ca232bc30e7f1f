package als_test

import (
	"runtime"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// The runtime reuses the g of a goroutine that exited. The second goroutine starts
// empty, however the first ended and whichever stores it left.
func TestNextGoroutineOnTheSameGStartsWithoutStores(t *testing.T) {
	s, boxed, secret := als.New[int](), als.New[[9]int](), newSecret[int]()
	leave := []func(i int){
		func(i int) { s.EnterWith(i) },
		func(i int) { boxed.EnterWith([9]int{i}) },
		func(i int) { secret.EnterWith(i) },
		func(i int) { s.WithScope(i) },
		func(i int) { secret.WithScope(i) },
		func(i int) { s.EnterWith(i); als.Snapshot() },
		func(i int) { s.EnterWith(i); als.Bind(func() { s.EnterWith(i) })() },
		func(i int) { s.Run(i, runtime.Goexit) },
		func(i int) { s.EnterWith(i); runtime.Goexit() },
		func(i int) { s.Run(i, func() { boxed.EnterWith([9]int{i}) }) },
	}
	seen := make(map[uintptr]int)
	reused := 0
	for i := range testkit.ScaledByG(t, 5000) {
		start := func(f func()) { go f() }
		if i%5 == 0 {
			start = als.Go
		}
		testkit.Through(start, func() {
			g := goroutine.Pointer()
			if seen[g]++; seen[g] > 1 {
				reused++
			}
			assert.Equal(t, als.ExecutionContext{}, als.Snapshot())
			wantNone(t, s)
			wantNone(t, boxed)
			wantNone(t, secret)
			leave[i%len(leave)](i)
		})
	}
	if reused == 0 && goroutine.Pointer() != 0 {
		t.Error("no g was reused, so nothing was tested")
	}
	t.Logf("%d times on a reused g", reused)
}
