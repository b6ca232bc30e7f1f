package goroutine

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCensusGrowsItsBufferUntilAllGoroutinesFit(t *testing.T) {
	forceLayout(t, Layout{}, goidID)
	const n = 1500
	ids, release := make(chan uint64, n), make(chan struct{})
	var done sync.WaitGroup
	for range n {
		done.Add(1)
		go func() {
			defer done.Done()
			// Deep enough for tracebacks longer than the guess.
			bottom(30, func() {
				ids <- ID()
				<-release
			})
		}()
	}
	var all []uint64
	for range n {
		all = append(all, <-ids)
	}
	guess := make([]byte, tracebackSize*(runtime.NumGoroutine()+1))
	require.Equal(t, len(guess), runtime.Stack(guess, true), "the guess was enough, the buffer need not grow")

	var c Census
	for _, id := range all {
		assert.True(t, c.Alive(nil, id))
	}
	close(release)
	done.Wait()
	for _, id := range all[:10] {
		awaitDeath(t, self{nil, id})
	}
}

// bottom calls f at the end of a recursion.
func bottom(depth int, f func()) {
	if depth > 0 {
		bottom(depth-1, f)
		return
	}
	f()
}

func TestCensusKeepsItsTracebackForTheLiving(t *testing.T) {
	forceLayout(t, Layout{}, goidID)
	var c Census
	require.True(t, c.Alive(nil, ID()))
	const mark = 1 << 60
	c.listed[mark] = struct{}{}
	require.True(t, c.Alive(nil, ID()))
	require.Contains(t, c.listed, uint64(mark), "a second traceback for a goroutine that the first lists")
}

func TestCensusDoesNotCallDeadWhatStartedAfterItsTraceback(t *testing.T) {
	eachLayout(t, func(t *testing.T) {
		var c Census
		require.True(t, c.Alive(Self()))
		born, release := make(chan self), make(chan struct{})
		go func() {
			born <- ownSelf()
			<-release
		}()
		later := <-born
		assert.True(t, c.Alive(later.g, later.id))
		close(release)
		awaitDeath(t, later)
	})
}

// Should a release write headers that we cannot read, nobody is dead.
func TestCensusDoesNotBelieveATracebackWithoutItsCaller(t *testing.T) {
	forceLayout(t, Layout{}, func() uint64 { return 1 << 60 })
	var c Census
	assert.True(t, c.Alive(nil, 1<<61))
	assert.True(t, c.Alive(nil, 1<<60))
	c.Take()
	assert.True(t, c.Alive(nil, 1<<61))
	assert.True(t, c.Alive(nil, 1<<60))
}
