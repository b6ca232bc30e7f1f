//go:build go1.25

package hooks_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// Inside a bubble hooks, resources and goroutines are what they are outside, and
// none of what is kept for all belongs to the bubble that used it first.
func TestInsideABubble(t *testing.T) {
	var a *hooks.AsyncResource
	use := func(t *testing.T) {
		r := record(t)
		var g hooks.ID
		start := time.Now()
		store.Run("bubble", func() { a = manual("a") })
		als.Go(func() {
			g = hooks.ExecutionAsyncID()
			time.Sleep(time.Hour) // by the bubble's clock, if there is one
			a.RunInAsyncScope(func() { wantIn(t, a); assert.Equal(t, "bubble", store.Get()) })
		})
		synctest.Wait()
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		assert.Equal(t, 2*time.Hour, time.Since(start))
		assert.NoError(t, a.EmitDestroy())
		assert.Equal(t, []string{
			"init a", "init GOROUTINE", "before GOROUTINE", "before a", "after a", "after GOROUTINE", "destroy GOROUTINE", "destroy a",
		}, r.lines())
		assert.Equal(t, []string{"init", "before", "after", "destroy"}, r.of(g))
	}
	wantNoScope(t)
	synctest.Test(t, use)
	a.RunInAsyncScope(func() { wantIn(t, a, "a resource from inside is good outside") })
	synctest.Test(t, use)
	wantNoScope(t)
}

// The collector calls Destroy outside of the bubble in which a resource was made.
func TestGarbageOfABubbleIsDestroyed(t *testing.T) {
	destroys := countDestroys(t)
	var id hooks.ID
	synctest.Test(t, func(*testing.T) { id, _ = leave(func(a *hooks.AsyncResource) { a.RunInAsyncScope(func() {}) }) })
	testkit.Collect(t, 4)
	testkit.Eventually(t, "Destroy", func() bool { testkit.Collect(t, 4); return destroys.of(id) == 1 })
}
