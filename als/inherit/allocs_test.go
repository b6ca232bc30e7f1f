package inherit_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/stretchr/testify/assert"
)

// The table has how many objects an operation may allocate with inheritance, while four
// storages are set.
func TestAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	beside(3, func() {
		userStore.Run(alice, func() {
			bound := als.Bind(nothing)
			for name, c := range map[string]struct {
				f    func()
				most float64
			}{
				"Get":       {func() { userStore.Get() }, 0},
				"Run":       {func() { userStore.Run(alice, nothing) }, 1},
				"WithScope": {scoped, 1},
				"bound":     {bound, 0},
				"Exit":      {func() { userStore.Exit(nothing) }, 1},
			} {
				assert.LessOrEqual(t, testing.AllocsPerRun(100, c.f), c.most, name)
			}
		})
	})
}
