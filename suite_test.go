package goroutine

import (
	"os"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// mainWork takes functions for the main goroutine to run. The tests run on another one.
var mainWork = make(chan func())

func TestMain(m *testing.M) {
	code := make(chan int)
	go func() { code <- m.Run() }()
	for {
		select {
		case f := <-mainWork:
			f()
		case c := <-code:
			os.Exit(c)
		}
	}
}

// eachLayout runs test with the layout that init detected and with each fallback that
// init could have chosen. test must not leave goroutines that ask for their ID.
func eachLayout(t *testing.T, test func(t *testing.T)) {
	for _, c := range []struct {
		name     string
		offset   uintptr
		fallback func() uint64
	}{
		{"layout=detected", goidOffset, fallbackID},
		{"layout=unknown", 0, goidID},
		{"layout=unknown,goid=wrong", 0, tracebackID},
	} {
		t.Run(c.name, func(t *testing.T) {
			var calls atomic.Int64
			forceLayout(t, c.offset, func() uint64 { calls.Add(1); return c.fallback() })
			test(t)
			// The forced layout must still be in force, or test did not use it.
			require.Equal(t, c.offset, goidOffset)
			ID()
			require.Equal(t, c.offset != 0, calls.Load() == 0, "%d calls of the fallback", calls.Load())
		})
	}
}

// forceLayout replaces the result of init until the test ends.
func forceLayout(t *testing.T, offset uintptr, fallback func() uint64) {
	oldOffset, oldFallback := goidOffset, fallbackID
	t.Cleanup(func() { goidOffset, fallbackID = oldOffset, oldFallback })
	goidOffset, fallbackID = offset, fallback
}
