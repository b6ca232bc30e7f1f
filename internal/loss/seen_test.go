package loss

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSeen(t *testing.T) {
	var s Seen[int]
	assert.True(t, s.First(1))
	assert.False(t, s.First(1))
	assert.True(t, s.First(2))
}

func TestSeenIsBounded(t *testing.T) {
	var s Seen[int]
	for i := range maxSeen {
		if !s.First(i) {
			t.Fatalf("value %d was reported as seen", i)
		}
	}
	assert.False(t, s.First(maxSeen))
	assert.Len(t, s.seen, maxSeen)
}

func TestFirstIsTrueOnOneGoroutine(t *testing.T) {
	var s Seen[int]
	var first atomic.Int32
	var done sync.WaitGroup
	for range 8 {
		done.Add(1)
		//alsvet:ignore it reads no store
		go func() {
			defer done.Done()
			for i := range 1000 {
				if s.First(i) {
					first.Add(1)
				}
			}
		}()
	}
	done.Wait()
	assert.EqualValues(t, 1000, first.Load())
}
