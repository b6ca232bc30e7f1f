//go:build inherit

package hooks_test

// With -tags inherit the tests of this package run with plain go statements that
// carry stores, and IDs that do not.
import _ "github.com/seed-1938943e/goroutine/als/inherit"
