// Package library is of another module and uses als.
package library

import "github.com/seed-1938943e/goroutine/als"

var User als.Storage[string]
