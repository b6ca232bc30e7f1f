package async

import (
	"slices"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// A capture shares the cells that it copies. A store that stays behind needs no grant.
func TestCaptureLeavesPrivateCellsAlone(t *testing.T) {
	testkit.InGoroutine(func() {
		private, captured := &variable[int]{revoke: true, inherit: InheritNever}, &variable[int]{revoke: true}
		private.run(1, func() {
			captured.run(2, func() {
				before := *Current().find(private.token())
				require.True(t, before.markedInPlace())
				c := Capture()
				require.Nil(t, c.CellOf(private.token()))
				require.NotNil(t, c.CellOf(captured.token()))
				require.Equal(t, before, *Current().find(private.token()))
			})
		})
	})
}

// Stores returns neither stores with InheritExplicit nor stale ones, and does not write to
// cells that the goroutine shares with others.
func TestStoresWithoutExplicitOnes(t *testing.T) {
	testkit.InGoroutine(func() {
		explicit, disabled := &variable[int]{inherit: InheritExplicit}, new(variable[int])
		explicit.set(1)
		disabled.set(2)
		c := Capture()
		before := slices.Clone(c.Cells())
		disabled.key.Disable()
		require.True(t, Current().has(shared))
		require.True(t, Current().Stores().Empty())
		require.Equal(t, before, c.Cells())
	})
}
