package goroutine

import (
	"testing"
)

// BenchmarkIdentity measures how long a goroutine takes to learn its own identity. goid
// is the baseline. The traceback is that of a shallow stack; a deeper one takes longer.
func BenchmarkIdentity(b *testing.B) {
	var id uint64
	var pointer uintptr
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
	b.Run("op=ID/impl=goroutine/layout=unknown", func(b *testing.B) {
		oldOffset, oldFallback := goidOffset, fallbackID
		defer func() { goidOffset, fallbackID = oldOffset, oldFallback }()
		goidOffset, fallbackID = 0, chooseFallback(goidID)
		for range b.N {
			id = ID()
		}
	})
	_, _ = id, pointer
}
