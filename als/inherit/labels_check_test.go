package inherit

import (
	"context"
	"runtime/pprof"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The check keeps the caller's labels.
func TestCheckKeepsTheCallersLabels(t *testing.T) {
	before := getLabels()
	defer setLabels(before)
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("a", "1")))
	mine := getLabels()
	assert.NoError(t, checkLabels())
	assert.Equal(t, mine, getLabels())
}

// If the address of a goroutine's function is not known, its name is taken from the stack.
func TestDetachedWithoutEntry(t *testing.T) {
	d := detachedFunctions{
		names: map[string]bool{"github.com/seed-1938943e/goroutine/als/inherit.asks": true},
		entry: func() uintptr { return 0 },
	}
	for range 2 {
		answers := make(chan bool)
		go asks(&d, 200, answers)
		assert.True(t, <-answers)
		go func() { asks(&d, 200, answers) }()
		assert.False(t, <-answers)
	}
	assert.Empty(t, d.known)
}

// asks calls includesCaller at the bottom of a deep stack.
func asks(d *detachedFunctions, depth int, answers chan bool) {
	if depth > 0 {
		asks(d, depth-1, answers)
		return
	}
	answers <- d.includesCaller()
}
