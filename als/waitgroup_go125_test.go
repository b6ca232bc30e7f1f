//go:build go1.25

package als_test

import (
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
)

func TestWaitGroupGoStartsWithoutStoresUnlessBound(t *testing.T) {
	if inheriting {
		t.Skip("with inheritance they start with stores")
	}
	var s als.Storage[int]
	s.Run(1, func() {
		var wg sync.WaitGroup
		wg.Go(func() { wantNone(t, &s) })
		wg.Go(als.Bind(func() { wantStore(t, &s, 1) }))
		wg.Wait()
	})
}
