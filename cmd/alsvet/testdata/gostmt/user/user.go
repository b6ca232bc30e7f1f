// Package user uses als, in a module without als/inherit.
package user

import "github.com/seed-1938943e/goroutine/als"

var ID als.Storage[string]
