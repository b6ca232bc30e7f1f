package main

import (
	"sync"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
	"github.com/stretchr/testify/assert"
)

func TestABatchIsFetchedWhenItIsFullOrItsWindowEnds(t *testing.T) {
	var mu sync.Mutex
	var sizes []int
	by := make(map[string]int)
	l := newLoader(2, 10*time.Millisecond, func(items []string) map[string]string {
		mu.Lock()
		defer mu.Unlock()
		sizes = append(sizes, len(items))
		by[users.Current()]++
		found := make(map[string]string)
		for _, item := range items {
			found[item] = "found " + item
		}
		return found
	})
	var loaded sync.WaitGroup
	for _, item := range []string{"a", "b", "c", "d", "e"} {
		loaded.Add(1)
		go users.User.Run("alice", func() {
			defer loaded.Done()
			assert.Equal(t, "found "+item, l.load(item))
		})
	}
	loaded.Wait()
	total := 0
	for _, n := range sizes {
		assert.LessOrEqual(t, n, 2)
		total += n
	}
	assert.Equal(t, 5, total, "no item is fetched twice")
	assert.Equal(t, map[string]int{"alice": len(sizes)}, by, "also where a timer fetches")
}

func TestAnItemThatIsNotFound(t *testing.T) {
	l := newLoader(1, time.Minute, func([]string) map[string]string { return nil })
	assert.Empty(t, l.load("nothing"))
}
