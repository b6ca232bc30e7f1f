package goroutine

import (
	"os"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// mainWork is run by the main goroutine, which has nothing else to do: the tests
// run on another one.
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

// eachLayout runs a test under what init detected and under each thing that init
// might have had to fall back to. The test must not leave goroutines behind that
// ask for their ID.
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
			// What was forced must have lasted, or the degenerate case never ran.
			require.Equal(t, c.offset, goidOffset)
			ID()
			require.Equal(t, c.offset != 0, calls.Load() == 0, "%d calls of the fallback", calls.Load())
		})
	}
}

// forceLayout replaces what init found out until the test ends.
func forceLayout(t *testing.T, offset uintptr, fallback func() uint64) {
	oldOffset, oldFallback := goidOffset, fallbackID
	t.Cleanup(func() { goidOffset, fallbackID = oldOffset, oldFallback })
	goidOffset, fallbackID = offset, fallback
}
