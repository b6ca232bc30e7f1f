//go:build !race

package async

import (
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// Cells are lent. (Under the race detector sync.Pool loses some on purpose, and a
// record that holds nothing does not stay.)
func TestCleanAllocatesNoCells(t *testing.T) {
	testkit.InGoroutine(func() {
		a, b := &variable[int]{}, &variable[string]{}
		work := func() {
			defer EnterClean().Leave()
			a.set(1)
			b.set("b")
		}
		work()
		require.Zero(t, testing.AllocsPerRun(100, work))
		require.True(t, own().cells == &own().inline, "and given back")
	})
}
