// Package main starts with nothing in place.
package main

import (
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

var (
	user  als.Storage[string]
	timer = time.AfterFunc(time.Hour, work)
)

func work() { user.Get() }

func main() {
	time.AfterFunc(time.Second, work)
	func() {
		time.AfterFunc(time.Second, work)
	}()
}
