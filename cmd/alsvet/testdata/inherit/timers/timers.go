// Package main is a program with als/inherit.
package main

import (
	"context"
	"iter"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	_ "github.com/seed-1938943e/goroutine/als/inherit"
)

var user als.Storage[string]

func work() { user.Get() }

func main() { Start() }

func Start() {
	next, stop := iter.Pull(func(yield func(int) bool) { work() })
	next()
	stop()
	time.AfterFunc(time.Second, work)             // want `callback`
	context.AfterFunc(context.Background(), work) // want `callback`
}
