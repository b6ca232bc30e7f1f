package main

import (
	"crypto/sha256"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// work keeps the processors busy for two users, for alice three times as much as for
// bruno. It starts goroutines with plain go statements, as a library would.
func work(user *als.Storage[string]) {
	var busy sync.WaitGroup
	for name, units := range map[string]int{"alice": 3, "bruno": 1} {
		user.Run(name, func() {
			for range units {
				busy.Add(1)
				go func() {
					defer busy.Done()
					unit()
				}()
			}
		})
	}
	busy.Wait()
}

// unit takes some 0.1 seconds of a processor.
func unit() {
	data := make([]byte, 1<<20)
	for range 100 {
		sum := sha256.Sum256(data)
		data[0] = sum[0]
	}
}
