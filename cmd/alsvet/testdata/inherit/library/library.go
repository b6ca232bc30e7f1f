// Package library is part of a program with als/inherit, and may be part of others.
package library

import "github.com/seed-1938943e/goroutine/als"

var user als.Storage[string]

func work() { user.Get() }

func Start() {
	go work() // want `use als.Go`
}
