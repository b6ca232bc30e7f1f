//go:build !race

package async

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A goroutine that serves one request after the other allocates its cells once.
// (Under the race detector a record that holds nothing does not stay.)
func TestCleanKeepsItsCells(t *testing.T) {
	inGoroutine(func() {
		a, b := &variable[int]{}, &variable[string]{}
		work := func() {
			defer EnterClean().Leave()
			a.set(1)
			b.set("b")
		}
		work()
		require.Zero(t, testing.AllocsPerRun(100, work))
	})
}
