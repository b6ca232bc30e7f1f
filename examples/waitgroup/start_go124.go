//go:build !go1.25

package main

import "sync"

// start is what WaitGroup.Go does in later releases.
func start(group *sync.WaitGroup, fn func()) {
	group.Add(1)
	go func() {
		defer group.Done()
		fn()
	}()
}
