package g_test

import (
	"fmt"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// BenchmarkCensus measures one call of Alive while other goroutines are parked. Reading
// the g takes the same time however many there are; a traceback lists them all.
func BenchmarkCensus(b *testing.B) {
	for _, n := range []int{0, 1000} {
		release := make(chan struct{})
		for range n {
			go func() { <-release }()
		}
		gp, id := g.Self()
		b.Run(fmt.Sprintf("op=Alive/impl=g/goroutines=%d", n), func(b *testing.B) {
			if gp == 0 {
				b.Skip("no assembly")
			}
			var c g.Census
			for range b.N {
				c.Alive(gp, id)
			}
		})
		b.Run(fmt.Sprintf("op=Alive/impl=traceback/goroutines=%d", n), func(b *testing.B) {
			for range b.N {
				new(g.Census).Alive(0, id)
			}
		})
		close(release)
	}
}
