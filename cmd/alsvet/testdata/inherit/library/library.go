// Package library is part of a program with als/inherit.
package library

import "github.com/seed-1938943e/goroutine/als"

var user als.Storage[string]

func work() {}

func Start() {
	go work()
}
