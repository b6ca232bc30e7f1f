package als_test

import (
	"reflect"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wantStore checks what a storage says here, in all the ways of asking.
func wantStore[T any](t testing.TB, s *als.Storage[T], want T, msg ...any) {
	t.Helper()
	got, ok := s.GetStore()
	assert.True(t, ok, msg...)
	assert.Equal(t, want, got, msg...)
	assert.Equal(t, want, s.Get(), msg...)
	if reflect.ValueOf(&want).Elem().Comparable() { // a pointer is not just equal but the same
		assert.True(t, any(want) == any(got), msg...)
	}
}

// wantNone checks that there is no store here. The storage has no Default.
func wantNone[T any](t testing.TB, s *als.Storage[T], msg ...any) {
	t.Helper()
	var zero T
	got, ok := s.GetStore()
	assert.False(t, ok, msg...)
	assert.Equal(t, zero, got, msg...)
	assert.Equal(t, zero, s.Get(), msg...)
}

// through runs f in a goroutine that start starts, and waits for its end, also by
// runtime.Goexit. See inGoroutine for a plain one.
func through(start func(fn func()), f func()) {
	done := make(chan struct{})
	start(func() {
		defer close(done)
		f()
	})
	<-done
}

// caught returns what f panics with, nil if it does not.
func caught(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// eventually waits for what the runtime does in its own time. It yields rather
// than sleeps, so it costs no more than it has to.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for start := time.Now(); !cond(); runtime.Gosched() {
		if time.Since(start) > time.Minute {
			t.Fatalf("after a minute, still not: %s", what)
		}
	}
}

// garbage waits until what w points to has been collected. Cleanups run on a
// goroutine of the runtime between two cycles, and it may take its time.
func garbage[T any](t testing.TB, what string, w weak.Pointer[T]) {
	t.Helper()
	eventually(t, "garbage: "+what, func() bool {
		runtime.GC()
		return w.Value() == nil
	})
}

// held checks that what w points to stays over more cycles than garbage needs in
// any test here that passes.
func held[T any](t testing.TB, what string, w weak.Pointer[T]) {
	t.Helper()
	for range 5 {
		runtime.GC()
		require.NotNil(t, w.Value(), "garbage too early: %s", what)
		runtime.Gosched()
	}
}

// scaled is n, or less where it takes much longer: with -short, which is for
// emulators, under the race detector, and where a goroutine is known by its ID.
func scaled(t testing.TB, n int) int {
	if testing.Short() || raceEnabled || goroutine.Pointer() == 0 {
		t.Logf("%d instead of %d", n/10, n)
		return n / 10
	}
	return n
}
