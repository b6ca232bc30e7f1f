package main

import (
	"fmt"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func greet(where string) { fmt.Println(where, user.Get()) }

func main() {
	user.Run("alice", func() {
		greet("call")
		var scope sync.WaitGroup
		scope.Add(1)
		als.Go(func() {
			defer scope.Done()
			greet("goroutine")
		})
		scope.Wait()
	})
}
