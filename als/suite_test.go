package als_test

import (
	"reflect"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/stretchr/testify/assert"
)

// wantStore checks the caller's store of s, by all methods that return it.
func wantStore[T any](t testing.TB, s *als.Storage[T], want T, msg ...any) {
	t.Helper()
	got, ok := s.GetStore()
	assert.True(t, ok, msg...)
	assert.Equal(t, want, got, msg...)
	assert.Equal(t, want, s.Get(), msg...)
	if ok {
		assert.Equal(t, want, s.Must(), msg...)
	}
	if reflect.ValueOf(&want).Elem().Comparable() { // assert.Equal accepts pointers to equal values
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
