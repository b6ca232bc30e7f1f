//go:build go1.21

// Package old has loops whose variables are shared by the iterations.
package old

import "github.com/seed-1938943e/goroutine/als"

var user als.Storage[string]

func work(id int) { user.Get() }

func start(ids []int) {
	for _, id := range ids {
		go work(id) // want `without`
	}
	for i := 0; i < 3; i++ {
		go work(i) // want `without`
	}
}
