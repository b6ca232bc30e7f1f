package names

import _ "github.com/seed-1938943e/goroutine/als"

func blank() {
	go work(1) // want `without`
}
