//go:build inherit

package alstrace_test

import _ "github.com/seed-1938943e/goroutine/als/inherit"

// With -tags inherit the tests of this package run with plain go statements that carry
// stores.
const inheriting = true
