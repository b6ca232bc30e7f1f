package inspect_test

import (
	"fmt"
	"io"
	"runtime/pprof"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/inspect"
)

// BenchmarkPicture measures a picture beside the goroutine profile of runtime/pprof.
// Each goroutine holds two stores.
func BenchmarkPicture(b *testing.B) {
	inspect.ShowLabels()
	for _, n := range []int{1000, 10_000, 100_000} {
		stop := make(chan bool)
		var started, ended sync.WaitGroup
		for i := range n {
			started.Add(1)
			ended.Add(1)
			als.Go(func() {
				defer ended.Done()
				request.Run(fmt.Sprint(i), func() {
					secret.Run("x", func() { started.Done(); <-stop })
				})
			})
		}
		started.Wait()
		b.Run(fmt.Sprintf("impl=inspect/goroutines=%d", n), func(b *testing.B) {
			for b.Loop() {
				if p := inspect.Take(0); len(p.Holders) < n {
					b.Fatalf("%d holders, want at least %d", len(p.Holders), n)
				}
			}
		})
		b.Run(fmt.Sprintf("impl=inspect with traceback/goroutines=%d", n), func(b *testing.B) {
			for b.Loop() {
				inspect.Take(everything)
			}
		})
		b.Run(fmt.Sprintf("impl=goroutine profile/goroutines=%d", n), func(b *testing.B) {
			for b.Loop() {
				if err := pprof.Lookup("goroutine").WriteTo(io.Discard, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
		close(stop)
		ended.Wait()
	}
}
