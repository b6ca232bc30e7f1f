package inherit

import (
	"context"
	"reflect"
	"runtime/pprof"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/birth"
	"github.com/stretchr/testify/assert"
)

func TestLayoutOfThisRelease(t *testing.T) {
	assert.NoError(t, checkLayout())
	offset := findLabels()
	if goroutine.Identity().Source == goroutine.Fallback {
		assert.Zero(t, offset)
		return
	}
	assert.NotZero(t, offset)
	for range 20 {
		assert.Equal(t, offset, findLabels())
	}
	if known := birth.LabelsOffset(); known != 0 {
		assert.Equal(t, known, offset)
	}
}

// The check keeps the caller's labels.
func TestCheckLeavesLabelsAlone(t *testing.T) {
	before := getLabels()
	defer setLabels(before)
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("a", "1")))
	mine := getLabels()
	assert.NoError(t, checkLayout())
	assert.Equal(t, mine, getLabels())
}

// A release whose labels look otherwise is told from those that we know.
func TestUnknownLayouts(t *testing.T) {
	type pair struct{ key, value string }
	for _, known := range []any{
		struct{ list []pair }{}, struct{ set struct{ list []pair } }{},
	} {
		assert.NoError(t, isSetOfLabels(reflect.TypeOf(known)))
	}
	for _, unknown := range []any{
		map[string]string{}, []string{}, struct{ m map[string]string }{},
		struct {
			list []pair
			n    int
		}{},
		struct{ list [1]pair }{},
		struct{ list []*pair }{},
		struct{ list []struct{ key string } }{},
		struct{ list []struct{ key, value []byte } }{},
		struct {
			list []struct {
				key   string
				value int
			}
		}{},
		struct{ list []struct{ a, b, c string } }{},
	} {
		assert.Error(t, isSetOfLabels(reflect.TypeOf(unknown)), "%T", unknown)
	}
	for _, ctx := range []context.Context{context.Background(), context.WithValue(context.Background(), 1, 2), someContext{}} {
		_, err := labelsIn(ctx)
		assert.ErrorContains(t, err, "cannot be found")
	}
}

type someContext struct{ context.Context }

// Where the address of a goroutine's function is not known, the stack tells.
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

// asks asks from a deep stack.
func asks(d *detachedFunctions, depth int, answers chan bool) {
	if depth > 0 {
		asks(d, depth-1, answers)
		return
	}
	answers <- d.here()
}
