package g_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/g"
)

// eachLayout runs a test under what init detected and under each thing that init
// might have had to fall back to. The test must not leave goroutines behind.
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
			// What was forced must have lasted, or the degenerate case never ran.
			require.Equal(t, c.status != 0, g.StatusKnown())
			addr, _ := g.Self()
			require.Equal(t, c.goid != 0, addr != 0)
		})
	}
}

// slowly has g's known by nothing but their IDs until the test ends.
func slowly(t *testing.T) { g.ForceLayout(t, 0, 0, 0, goroutine.ID) }
