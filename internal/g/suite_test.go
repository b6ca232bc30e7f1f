package g_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
)

// eachLayout runs test with the layout that init detected and with those of which it
// detected less. test must not leave goroutines running.
func eachLayout(t *testing.T, test func(t *testing.T)) {
	goid, status, start := g.GoidOffset(), g.StatusOffset(), g.StartOffset()
	for _, c := range []struct {
		name                string
		goid, status, start uintptr
	}{
		{"layout=detected", goid, status, start},
		{"layout=statusless", goid, 0, 0},
		{"layout=unknown", 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			g.ForceLayout(t, c.goid, c.status, c.start, goroutine.ID)
			test(t)
			// The forced layout must still be in force, or test did not use it.
			require.Equal(t, c.status != 0, g.StatusKnown())
			addr, _ := g.Self()
			require.Equal(t, c.goid != 0, addr != 0)
		})
	}
}

// slowly hides the layout of a g until the test ends, so that a census needs tracebacks.
func slowly(t *testing.T) { g.ForceLayout(t, 0, 0, 0, goroutine.ID) }
