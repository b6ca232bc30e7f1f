// Package subtests has tests whose subtests read stores.
package subtests

import "github.com/seed-1938943e/goroutine/als"

var user, other als.Storage[string]

func greet() string { return "hello " + user.Get() }

func plain() string { return "hello" }
