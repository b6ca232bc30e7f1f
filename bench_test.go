package goroutine

import (
	"fmt"
	"testing"
	"unsafe"
)

// What it costs to learn who is calling. goid is the baseline; a traceback is
// what one would do without either, here on the shallowest of stacks: it takes
// longer on a deeper one.
func BenchmarkIdentity(b *testing.B) {
	var id uint64
	var pointer uintptr
	var g unsafe.Pointer
	b.Run("op=ID/impl=goroutine", func(b *testing.B) {
		for range b.N {
			id = ID()
		}
	})
	b.Run("op=ID/impl=goid", func(b *testing.B) {
		for range b.N {
			id = goidID()
		}
	})
	b.Run("op=ID/impl=traceback", func(b *testing.B) {
		for range b.N {
			id = tracebackID()
		}
	})
	b.Run("op=Pointer/impl=goroutine", func(b *testing.B) {
		for range b.N {
			pointer = Pointer()
		}
	})
	b.Run("op=Self/impl=goroutine", func(b *testing.B) {
		for range b.N {
			g, id = Self()
		}
	})
	b.Run("op=ID/impl=goroutine/layout=unknown", func(b *testing.B) {
		oldOffset, oldFallback := goidOffset, fallbackID
		defer func() { goidOffset, fallbackID = oldOffset, oldFallback }()
		goidOffset, fallbackID = 0, chooseFallback(goidID)
		for range b.N {
			id = ID()
		}
	})
	_, _, _ = id, pointer, g
}

// One question to a census, with other goroutines parked: the g answers in the
// same time however many there are, a traceback lists them all.
func BenchmarkCensus(b *testing.B) {
	for _, n := range []int{0, 1000} {
		release := make(chan struct{})
		for range n {
			go func() { <-release }()
		}
		g, id := Self()
		b.Run(fmt.Sprintf("op=Alive/impl=g/goroutines=%d", n), func(b *testing.B) {
			if g == nil {
				b.Skip("no assembly")
			}
			var c Census
			for range b.N {
				c.Alive(g, id)
			}
		})
		b.Run(fmt.Sprintf("op=Alive/impl=traceback/goroutines=%d", n), func(b *testing.B) {
			for range b.N {
				new(Census).Alive(nil, id)
			}
		})
		close(release)
	}
}
