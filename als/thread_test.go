package als_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

func TestLockedThreadsHaveTheStoresOfTheirGoroutine(t *testing.T) {
	var s als.Storage[int]
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		s.Run(i, func() {
			als.Go(func() {
				defer wg.Done()
				runtime.LockOSThread()
				if i%2 == 0 {
					defer runtime.UnlockOSThread() // else the thread ends with the goroutine
				}
				for j := range 100 {
					wantStore(t, &s, i)
					s.Run(-j, func() {
						runtime.Gosched()
						testkit.Through(als.Go, func() { wantStore(t, &s, -j) })
					})
				}
				s.EnterWith(100)
			})
		})
	}
	wg.Wait()
	testkit.InGoroutine(func() { wantNone(t, &s) })
}
