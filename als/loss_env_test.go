package als_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
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
		cmd := exec.Command(os.Args[0], "-test.run=TestTraceLossByEnvironment$")
		cmd.Env = append(os.Environ(), asChild+"=1", "ALS_TRACE_LOSS="+setting)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Start(); err != nil {
			t.Skipf("cannot start another process here: %v", err)
		}
		_ = cmd.Wait()
		if strings.Contains(stderr.String(), "exec format error") {
			t.Skip("cannot start another process here") // under an emulator
		}
		assert.Contains(t, stderr.String(), want, setting)
		if want == "" {
			assert.Empty(t, stderr.String(), setting)
		}
		assert.Empty(t, stdout.String(), setting)
	}
}
