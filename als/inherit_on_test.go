//go:build inherit

package als_test

import _ "github.com/seed-1938943e/goroutine/als/inherit"

// With -tags inherit the tests of this package run with plain go statements that
// carry stores, among them the programs that are compared with the model.
const inheriting = true
