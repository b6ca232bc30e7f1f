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

// Hooks, resources and goroutines work inside a bubble as they do outside. No shared
// state belongs to the bubble that used it first.
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
	testkit.InBubble(t, use)
	a.RunInAsyncScope(func() { wantIn(t, a, "a resource of the bubble works outside") })
	testkit.InBubble(t, use)
	wantNoScope(t)
}

// Destroy of a resource that was created in a bubble is called outside of it.
func TestGarbageOfABubbleIsDestroyed(t *testing.T) {
	destroys := countDestroys(t)
	var id hooks.ID
	testkit.InBubble(t, func(*testing.T) { id, _ = leave(func(a *hooks.AsyncResource) { a.RunInAsyncScope(func() {}) }) })
	testkit.Collect(t, 4)
	testkit.Eventually(t, "Destroy", func() bool { testkit.Collect(t, 4); return destroys.of(id) == 1 })
}
