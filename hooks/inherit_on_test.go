//go:build inherit

package hooks_test

// With -tags inherit plain go statements carry stores in the tests of this package.
// They carry no IDs.
import _ "github.com/seed-1938943e/goroutine/als/inherit"
