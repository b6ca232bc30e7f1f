package inherit_test

import (
	"os"
	"testing"

	"github.com/seed-1938943e/goroutine/als/inherit"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asChild is set in the processes that TestEnvironment starts.
const asChild = "INHERIT_TEST_CHILD"

// The environment is read when a program starts, so this test starts other processes.
func TestEnvironment(t *testing.T) {
	if os.Getenv(asChild) != "" {
		var got string
		in("starter", func() { testkit.InGoroutine(func() { got = place.Get() }) })
		if inherit.Status() == nil {
			os.Stdout.WriteString("on " + got)
		} else {
			os.Stdout.WriteString("off " + got + inherit.Status().Error())
		}
		os.Exit(0)
	}
	const unknown = "inherit: ALS_INHERIT=maybe is neither on nor off; plain go statements do not carry stores"
	for setting, want := range map[string]struct{ out, err string }{
		"":      {"on starter", ""},
		"on":    {"on starter", ""},
		"off":   {"off inherit: turned off by ALS_INHERIT=off", ""},
		"maybe": {"off " + unknown, unknown + "\n"},
	} {
		stdout, stderr, exitCode := testkit.Again(t, asChild+"=1", inherit.Variable+"="+setting)
		assert.Zero(t, exitCode, setting)
		assert.Equal(t, want.out, stdout, setting)
		assert.Equal(t, want.err, stderr, setting)
	}
	require.NoError(t, inherit.Status())
	assert.EqualError(t, inherit.ErrOff, "inherit: turned off by ALS_INHERIT=off")
}
