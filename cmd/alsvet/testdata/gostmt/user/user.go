// Package user uses als, nobody has als/inherit.
package user

import "github.com/seed-1938943e/goroutine/als"

var ID als.Storage[string]
