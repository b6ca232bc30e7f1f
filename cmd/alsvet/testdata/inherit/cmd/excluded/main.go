// Package main has als/inherit in a file that is not part of it.
package main

import "github.com/seed-1938943e/goroutine/als"

var user als.Storage[string]

func main() { Requests() }

func Requests() {
	go user.Get() // want `use als.Go`
}
