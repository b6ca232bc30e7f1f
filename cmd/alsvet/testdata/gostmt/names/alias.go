// Package names imports als under other names.
package names

import ctx "github.com/seed-1938943e/goroutine/als"

var user ctx.Storage[string]

func work(id int) { user.Get() }

func alias() {
	go work(1) // want `without`
}
