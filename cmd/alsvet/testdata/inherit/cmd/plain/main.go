// Package main is a program of the same module without als/inherit.
package main

import "github.com/seed-1938943e/goroutine/als"

var user als.Storage[string]

func main() { Requests() }

func Requests() {
	go user.Get() // want `use als.Go`
}
