//go:build go1.25

package gls

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A table may be used first inside a bubble and later outside, and the other way
// round: it has no goroutine or channel, which would belong to the bubble.
func TestTableInsideAndOutsideABubble(t *testing.T) {
	inside := func(t *testing.T, table *Table[int]) {
		testkit.InBubble(t, func(t *testing.T) {
			require.Nil(t, table.Load())
			v := new(int)
			table.Store(v)
			for range 300 { // the table grows
				go func() {
					table.Store(new(int))
					time.Sleep(time.Hour) // by the bubble's clock
				}()
			}
			synctest.Wait()
			assert.GreaterOrEqual(t, table.Len(), 301)
			runtime.GC()
			time.Sleep(2 * time.Hour)
			synctest.Wait()
			assert.Same(t, v, table.Load())
		})
	}
	outside := func(t *testing.T, table *Table[int]) {
		t.Helper()
		v := new(int)
		table.Store(v)
		park(300, func(int) { table.Store(new(int)) })()
		testkit.EventuallyCollected(t, "the others are swept", func() bool { return table.Len() == 1 })
		require.Same(t, v, table.Load())
		table.Delete()
	}
	t.Run("first=inside", func(t *testing.T) {
		var table Table[int]
		inside(t, &table)
		outside(t, &table)
		inside(t, &table)
	})
	t.Run("first=outside", func(t *testing.T) {
		var table Table[int]
		outside(t, &table)
		inside(t, &table)
		outside(t, &table)
	})
}
