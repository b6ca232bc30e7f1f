// Package shadow has something else by the name of the package.
package shadow

import (
	"log"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func shadow() {
	als := user.Get()
	go log.Println("als", len(als)) // want `without`
	{
		als := 2
		go log.Println(als) // want `without`
	}
}

func free() {
	go log.Println() // want `without`
}
