package inherit_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/inherit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPlainGo(t *testing.T) {
	require.NoError(t, inherit.Status())
	var s als.Storage[string]
	done := make(chan string)
	s.Run("a", func() {
		go func() { done <- s.Get() }()
	})
	assert.Equal(t, "a", <-done)
}
