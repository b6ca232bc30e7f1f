package goroutine

import (
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIDsAreNotReusedWhilePointersAre(t *testing.T) {
	eachLayout(t, func(t *testing.T) {
		const starters = 4
		n := testkit.Scaled(t, 5000)
		var mu sync.Mutex
		ids := make(map[uint64]bool)
		pointers := make(map[uintptr]int)
		var done sync.WaitGroup
		for range starters { // on several Ps: each has its own range of IDs
			done.Add(1)
			go func() {
				defer done.Done()
				for range n {
					testkit.InGoroutine(func() {
						id, p := ID(), Pointer()
						mu.Lock()
						defer mu.Unlock()
						assert.False(t, ids[id], "a second goroutine %d", id)
						ids[id] = true
						pointers[p]++
					})
				}
			}()
		}
		done.Wait()
		require.Len(t, ids, starters*n)
		require.Less(t, len(pointers), starters*n, "no g was reused")
	})
}
