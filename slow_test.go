package goroutine

import (
	"testing"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

func TestOffsetZeroSendsIDToItsSlowTwin(t *testing.T) {
	slow := func() uint64 { return 4711 }
	if hasAssembly {
		forceLayout(t, 8, slow)
		assert.EqualValues(t, g.Word(Pointer(), 8), ID(), "ID does not look at goidOffset")
	}
	forceLayout(t, 0, slow)
	assert.Equal(t, uint64(4711), ID())
}

func TestFallbackIsATracebackWhereGoidIsWrong(t *testing.T) {
	own, calls := tracebackID(), 0
	for what, wrong := range map[string]func() uint64{
		"zero":         func() uint64 { return 0 },
		"one for all":  func() uint64 { return own },
		"next":         func() uint64 { return tracebackID() + 1 },
		"wrong once":   func() uint64 { return tracebackID() + uint64(1/calls) },
		"wrong at end": func() uint64 { return tracebackID() + uint64(calls/witnesses) },
	} {
		calls = 0
		f := chooseFallback(func() uint64 { calls++; return wrong() })
		asked := calls
		assert.NotZero(t, asked, what)
		check := func() { assert.Equal(t, tracebackID(), f(), what) }
		check()
		testkit.InGoroutine(check)
		assert.Equal(t, asked, calls, "%s: the wrong function was called again", what)
	}
}

func TestFallbackIsGoidWhereItIsRight(t *testing.T) {
	calls := 0
	f := chooseFallback(func() uint64 { calls++; return goidID() })
	assert.Equal(t, witnesses, calls)
	assert.Equal(t, tracebackID(), f())
	assert.Equal(t, witnesses+1, calls, "goid was not asked")
}
