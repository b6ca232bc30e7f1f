// Package main enters a store for the whole program.
package main

import "github.com/seed-1938943e/goroutine/als"

var user als.Storage[string]

func main() {
	user.EnterWith("root")
	for _, name := range []string{"a"} {
		user.EnterWith(name) // want `EnterWith`
	}
}
