//go:build cgo && inherit

package cgotest

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	_ "github.com/seed-1938943e/goroutine/als/inherit"
	"github.com/stretchr/testify/assert"
)

// With inheritance a callback on a thread of C starts without the stores of the goroutine
// that called C. Goroutines that it starts inherit its own.
func TestCallbacksInherit(t *testing.T) {
	var s als.Storage[int]
	var wrong atomic.Int64
	var wg sync.WaitGroup
	s.Run(1, func() {
		n := callbacks(4, 50, func(thread, call int) {
			if _, ok := s.GetStore(); ok {
				wrong.Add(1)
			}
			s.Run(100+call, func() {
				wg.Add(1)
				go func() {
					defer wg.Done()
					if s.Get() != 100+call {
						wrong.Add(1)
					}
				}()
			})
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, ok := s.GetStore(); ok {
					wrong.Add(1)
				}
			}()
		})
		assert.Positive(t, n)
		callback(func() { assert.Equal(t, 1, s.Get()) })
	})
	wg.Wait()
	assert.Zero(t, wrong.Load())
}
