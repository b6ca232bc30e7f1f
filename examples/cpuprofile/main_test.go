package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/pprof/profile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/examples/internal/cli/clitest"
)

func Example() {
	run(nil, os.Stdout, os.Stderr)
	// Output:
	// cpuprofile: a CPU profile says for which user the time was spent, also in goroutines of plain go statements
	//
	// WRONG  the storage has no Label:
	//   alice: none of the time   <- should be most of the time
	//   bruno: none of the time   <- should be some of the time
	//
	// RIGHT  the storage has a Label:
	//   alice: most of the time
	//   bruno: some of the time
	//
	// Checked: the profile says for which user the time was spent
}

// The check is worth something only if it can fail.
func TestTheCheckFails(t *testing.T) {
	code, _, stderr := clitest.Execute(run, "-wrong")
	assert.Equal(t, 1, code)
	assert.Equal(t, []string{"cpuprofile: problems: 2:",
		"alice: none of the time instead of most of the time",
		"bruno: none of the time instead of some of the time"}, stderr)
}

func TestTheProfileIsWritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cpu.pprof")
	code, _, stderr := clitest.Execute(run, "-o", name)
	require.Zero(t, code, stderr)
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	p, err := profile.Parse(f)
	require.NoError(t, err)
	assert.Greater(t, byLabel(p, "user")["alice"], 0.5)

	code, _, _ = clitest.Execute(run, "-o", filepath.Join(t.TempDir(), "no", "such", "directory"))
	assert.Equal(t, 1, code)
}

func TestByLabel(t *testing.T) {
	sample := func(cpu int64, label map[string][]string) *profile.Sample {
		return &profile.Sample{Value: []int64{1, cpu}, Label: label}
	}
	p := &profile.Profile{Sample: []*profile.Sample{
		sample(10, map[string][]string{"user": {"alice"}, "other": {"x"}}),
		sample(20, map[string][]string{"user": {"bruno"}}),
		sample(20, map[string][]string{"user": {"alice"}}),
		sample(50, map[string][]string{"other": {"x"}}),
	}}
	assert.Equal(t, map[string]float64{"alice": 0.3, "bruno": 0.2, "": 0.5}, byLabel(p, "user"))
	assert.Empty(t, byLabel(&profile.Profile{}, "user"))
}
