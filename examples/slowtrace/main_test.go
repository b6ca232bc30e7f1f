package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/als/alstrace"
	"github.com/seed-1938943e/goroutine/examples/internal/cli/clitest"
)

func TestMain(m *testing.M) {
	rec, err := alstrace.Start(alstrace.Options{Slow: slow, Dir: os.TempDir()})
	if errors.Is(err, alstrace.ErrUnsupported) {
		println("skipped:", err.Error())
		os.Exit(0)
	}
	rec.Stop()
	os.Exit(m.Run())
}

func Example() {
	run(nil, os.Stdout, os.Stderr)
	// Output:
	// slowtrace: the trace of a slow request says where it spent its time, also in other goroutines
	//
	// WRONG  it asks the bank in a goroutine of a plain go statement:
	//   the slow request: r-43
	//   stock: little of the time
	//   bank: not in its task   <- should be most of the time
	//
	// RIGHT  it asks the bank in a goroutine of als.Go:
	//   the slow request: r-43
	//   stock: little of the time
	//   bank: most of the time
	//
	// Checked: the trace says where the slow request spent its time
}

// The check must be able to fail.
func TestTheCheckFails(t *testing.T) {
	code, _, stderr := clitest.Execute(run, "-wrong")
	assert.Equal(t, 1, code)
	assert.Equal(t, []string{"slowtrace: problems: 1:", "bank: not in its task instead of most of the time"}, stderr)
}

func TestTheTraceIsLeft(t *testing.T) {
	dir := t.TempDir()
	code, _, stderr := clitest.Execute(run, "-o", dir)
	require.Zero(t, code, stderr)
	files, err := filepath.Glob(filepath.Join(dir, "slow-*.trace"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	slow, err := read(files[0], "r-43")
	require.NoError(t, err)
	assert.Greater(t, slow.share["bank"], 0.5)

	_, err = read(files[0], "r-44")
	assert.EqualError(t, err, `the trace has no task "r-44"`)
	_, err = read(filepath.Join(dir, "none"), "r-43")
	assert.ErrorContains(t, err, "go tool trace: ")

	code, _, _ = clitest.Execute(run, "-o", filepath.Join(dir, "no", "such", "directory"))
	assert.Equal(t, 1, code)
}
