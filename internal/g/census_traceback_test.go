package g_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCensusGrowsItsBufferUntilAllGoroutinesFit(t *testing.T) {
	slowly(t)
	const n = 1500
	ids, release := make(chan uint64, n), make(chan struct{})
	var done sync.WaitGroup
	for range n {
		done.Add(1)
		go func() {
			defer done.Done()
			// Deep enough for tracebacks longer than the guess.
			testkit.AtDepth(30, func() {
				ids <- goroutine.ID()
				<-release
			})
		}()
	}
	var all []uint64
	for range n {
		all = append(all, <-ids)
	}
	guess := make([]byte, g.TracebackSize*(runtime.NumGoroutine()+1))
	require.Equal(t, len(guess), runtime.Stack(guess, true), "the guess was enough, the buffer need not grow")

	var c g.Census
	for _, id := range all {
		assert.True(t, c.Alive(0, id))
	}
	close(release)
	done.Wait()
	for _, id := range all[:10] {
		awaitDeath(t, self{0, id})
	}
}

func TestCensusKeepsItsTracebackForTheLiving(t *testing.T) {
	slowly(t)
	var c g.Census
	require.True(t, c.Alive(0, goroutine.ID()))
	const mark = 1 << 60
	c.IDs()[mark] = struct{}{}
	require.True(t, c.Alive(0, goroutine.ID()))
	require.Contains(t, c.IDs(), uint64(mark), "a second traceback for a goroutine that the first lists")
}

func TestCensusFindsGoroutinesThatStartedAfterItsTraceback(t *testing.T) {
	eachLayout(t, func(t *testing.T) {
		var c g.Census
		require.True(t, c.Alive(g.Self()))
		born, release := make(chan self), make(chan struct{})
		go func() {
			born <- ownSelf()
			<-release
		}()
		later := <-born
		assert.True(t, c.Alive(later.gp, later.id))
		close(release)
		awaitDeath(t, later)
	})
}

// If a release writes headers that we cannot read, no goroutine is reported dead.
func TestCensusIgnoresATracebackWithoutItsCaller(t *testing.T) {
	g.ForceLayout(t, 0, 0, 0, func() uint64 { return 1 << 60 })
	var c g.Census
	assert.True(t, c.Alive(0, 1<<61))
	assert.True(t, c.Alive(0, 1<<60))
	c.Take()
	assert.True(t, c.Alive(0, 1<<61))
	assert.True(t, c.Alive(0, 1<<60))
}
