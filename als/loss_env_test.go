package als_test

import (
	"os"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/g/labels"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// The environment is read when a program starts, so this test starts another process.
func TestTraceLossByEnvironment(t *testing.T) {
	const asChild = "ALS_TEST_CHILD"
	if os.Getenv(asChild) != "" {
		lossStore.Run("x", func() {
			for range 3 {
				testkit.InGoroutine(func() { readStore() })
			}
		})
		os.Exit(0)
	}
	if inheriting || labels.Offset() == 0 {
		t.Skip("no loss happens or can be found here")
	}
	for setting, want := range map[string]string{
		"":  "",
		"0": "",
		"1": `finds no store of storage "request"`,
		"2": "als: ALS_TRACE_LOSS=2 is neither 0 nor 1; losses are not reported",
	} {
		stdout, stderr, exitCode := testkit.Again(t, asChild+"=1", "ALS_TRACE_LOSS="+setting)
		assert.Zero(t, exitCode, setting)
		assert.Contains(t, stderr, want, setting)
		if want == "" {
			assert.Empty(t, stderr, setting)
		}
		assert.NotContains(t, stderr, "cannot be found", setting)
		assert.Empty(t, stdout, setting)
	}
}
