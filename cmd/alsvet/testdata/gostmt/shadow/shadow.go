// Package shadow has something else by the name of the package.
package shadow

import (
	"fmt"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func shadow() {
	als := user.Get()
	go fmt.Println("als", len(als)) // want `without`
	{
		als := 2
		go fmt.Println(als) // want `without`
	}
}

func free() {
	go fmt.Println() // want `without`
}
