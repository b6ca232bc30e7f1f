//go:build go1.25

package als_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestInsideABubble(t *testing.T) {
	var s als.Storage[int]
	var c als.ExecutionContext
	s.Run(1, func() {
		testkit.InBubble(t, func(t *testing.T) {
			_, carried := s.GetStore()
			assert.Equal(t, inheriting, carried, "als did not start the bubble's goroutine")
			s.Run(2, func() {
				var mu sync.Mutex // a bubble's sleeps order nothing for the race detector
				var seen []int
				see := func(n int) {
					mu.Lock()
					defer mu.Unlock()
					seen = append(seen, n)
				}
				var fired time.Time
				start := time.Now()
				als.Go(func() {
					time.Sleep(time.Hour) // by the bubble's clock
					see(s.Get())
				})
				als.AfterFunc(2*time.Hour, func() {
					see(10 * s.Get())
					fired = time.Now()
				})
				stopped := als.AfterFunc(3*time.Hour, func() { t.Error("fired") })
				c = als.Snapshot()
				c.Go(func() { s.Run(3, func() { time.Sleep(3 * time.Hour); see(s.Get()) }) })
				assert.True(t, stopped.Stop())
				time.Sleep(4 * time.Hour)
				synctest.Wait()
				assert.Equal(t, []int{2, 20, 3}, seen)
				assert.Equal(t, 2*time.Hour, fired.Sub(start))
				wantStore(t, &s, 2)
			})
		})
	})
	c.Run(func() { wantStore(t, &s, 2, "a snapshot of the bubble works outside") })
}

func TestContextDeadlineInsideABubble(t *testing.T) {
	testkit.InBubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var s als.Storage[string]
		seen := ""
		s.Run("bound", func() { context.AfterFunc(ctx, als.Bind(func() { seen = s.Get() })) })
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		assert.Equal(t, "bound", seen)
	})
}

// No shared state may belong to the bubble that used it first: a use outside would end
// the program.
func TestFirstUseInsideABubbleDoesNotBindTheStorageToIt(t *testing.T) {
	s, boxed, secret := als.New[int](), als.New[[9]int](), newSecret[int]()
	var c als.ExecutionContext
	var bound func() int
	use := func(n int) {
		s.Run(n, func() {
			boxed.Run([9]int{n}, func() {
				secret.Run(n, func() {
					c, bound = als.Snapshot(), als.Bind(s.Get)
					testkit.Through(als.Go, func() {
						wantStore(t, s, n)
						wantStore(t, boxed, [9]int{n})
						wantStore(t, secret, n)
						s.EnterWith(n + 1)
					})
				})
			})
		})
		c.Run(func() {
			wantStore(t, s, n)
			wantNone(t, secret)
		})
		assert.Equal(t, n, bound())
	}
	testkit.InBubble(t, func(*testing.T) {
		use(1)
		var wg sync.WaitGroup
		for range 500 { // new records, and growth, inside the bubble
			wg.Add(1)
			go func() { defer wg.Done(); s.EnterWith(1); time.Sleep(time.Second) }()
		}
		wg.Wait()
	})
	c.Run(func() { wantStore(t, s, 1) })
	assert.Equal(t, 1, bound())
	use(2)
	testkit.InBubble(t, func(*testing.T) { use(3) })
	testkit.InBubble(t, func(*testing.T) {
		assert.Equal(t, 3, bound())
		s.Disable()
	})
	use(4)
}
