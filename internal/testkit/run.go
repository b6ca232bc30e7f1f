package testkit

import (
	"runtime"
	"time"
)

// Descend calls f at every depth of a recursion.
func Descend(depth int, f func()) {
	f()
	if depth > 0 {
		Descend(depth-1, f)
	}
}

// AtDepth calls f at the end of a recursion, whose frames are some 200 bytes each.
//
//go:noinline
func AtDepth(depth int, f func()) (sum byte) {
	var frame [200]byte
	if depth == 0 {
		f()
		return 0
	}
	frame[depth%len(frame)] = 1
	return AtDepth(depth-1, f) + frame[0]
}

// UnderGC runs f while another goroutine collects garbage without pause.
func UnderGC(f func()) { Meanwhile(runtime.GC, f) }

// Meanwhile runs f while another goroutine calls busy again and again without pause.
func Meanwhile(busy, f func()) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for !Closed(stop) {
			busy()
			if runtime.GOARCH == "wasm" {
				// f has no other thread to run on, and nothing preempts this one. With
				// Gosched, or a timer that expires at once, events that busy waits for
				// would never arrive: they need a moment in which all goroutines wait.
				time.Sleep(time.Millisecond)
			}
		}
	}()
	f()
	close(stop)
	<-stopped
}

// Closed reports whether c is closed.
func Closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
