// Package main enters a store at once.
package main

import "github.com/seed-1938943e/goroutine/als"

var user als.Storage[string]

func serve() { user.Get() }

func main() {
	user.EnterWith("root")
	go serve() // want `without`
}
