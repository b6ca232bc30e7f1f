// Package timers is part of a program with als/inherit.
package timers

import (
	"context"
	"iter"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func work() {}

func start() {
	next, stop := iter.Pull(func(yield func(int) bool) {})
	next()
	stop()
	time.AfterFunc(time.Second, work)             // want `callback`
	context.AfterFunc(context.Background(), work) // want `callback`
}
