package inherit_test

import (
	"runtime"
	"testing"
	"time"
	"weak"
)

// through runs f through start and waits for it.
func through(start func(f func()), f func()) {
	done := make(chan struct{})
	start(func() { defer close(done); f() })
	<-done
}

// eventually waits for what the runtime does in its own time.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for start := time.Now(); !cond(); runtime.Gosched() {
		if time.Since(start) > time.Minute {
			t.Fatalf("after a minute, still not: %s", what)
		}
	}
}

// garbage waits until what w points to has been collected.
func garbage[T any](t testing.TB, what string, w weak.Pointer[T]) {
	t.Helper()
	eventually(t, what+" is garbage", func() bool {
		runtime.GC()
		return w.Value() == nil
	})
}

// scaled is n, or less with -short and under the race detector.
func scaled(n int) int {
	if testing.Short() || raceEnabled {
		return n / 10
	}
	return n
}
