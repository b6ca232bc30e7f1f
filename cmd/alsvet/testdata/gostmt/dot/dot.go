// Package dot imports als with a dot.
package dot

import . "github.com/seed-1938943e/goroutine/als"

var user Storage[string]

func work(id int) { user.Get() }

func dot() {
	go work(1) // want `without`
	{
		Go := 2
		go work(Go) // want `without`
	}
}
