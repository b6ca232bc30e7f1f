//go:build inherit

package als_test

import "github.com/seed-1938943e/goroutine/als/inherit"

// inheriting reports whether plain go statements carry stores. With -tags inherit they
// do in all tests of this package, also in the programs of TestModel.
const inheriting = true

func init() {
	doLabels = append(doLabels, inherit.Do)
	setLabels = append(setLabels, inherit.SetGoroutineLabels)
}
