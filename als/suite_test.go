package als_test

import (
	"reflect"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/stretchr/testify/assert"
)

// wantStore checks what a storage says here, in all the ways of asking.
func wantStore[T any](t testing.TB, s *als.Storage[T], want T, msg ...any) {
	t.Helper()
	got, ok := s.GetStore()
	assert.True(t, ok, msg...)
	assert.Equal(t, want, got, msg...)
	assert.Equal(t, want, s.Get(), msg...)
	if ok {
		assert.Equal(t, want, s.Must(), msg...)
	}
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
