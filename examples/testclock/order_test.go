package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alstest"
	"github.com/stretchr/testify/assert"
)

// numbered returns a source of IDs that are the same in each run of a test.
func numbered(prefix string) func() string {
	n := 0
	return func() string {
		n++
		return fmt.Sprintf("%s-%d", prefix, n)
	}
}

// Tests with fixed IDs and time can run in parallel: no other test sees them.
func TestOrdersAreDeterministic(t *testing.T) {
	for _, prefix := range []string{"a", "b", "c"} {
		t.Run(prefix, func(t *testing.T) {
			t.Parallel()
			at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
			alstest.With(t, newID, numbered(prefix))
			alstest.With(t, now, func() time.Time { return at })

			assert.Equal(t, order{prefix + "-1", at}, placeOrder())
			placed := make(chan order)
			als.Go(func() { placed <- placeOrder() })
			assert.Equal(t, order{prefix + "-2", at}, <-placed)
		})
	}
}

func TestOtherOrdersAreNot(t *testing.T) {
	before := time.Now()
	a, b := placeOrder(), placeOrder()
	assert.NotEqual(t, a.id, b.id)
	assert.False(t, a.at.Before(before))
	assert.Equal(t, "a random ID and the current time", a.String())
}
