package main

import (
	"fmt"
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

// The check must be able to fail.
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
	assert.Greater(t, shares(p)["alice"], 0.5)

	code, _, _ = clitest.Execute(run, "-o", filepath.Join(t.TempDir(), "no", "such", "directory"))
	assert.Equal(t, 1, code)
}

// Each Run has its own samples, although the labels are the same; see docs/inherit.md.
// Merge, which go tool pprof calls, adds them up, as if als/inherit were not imported.
func TestSamplesOfManyRunsAddUp(t *testing.T) {
	p, err := profileOf(func() {
		for range 8 {
			labelled.Run("alice", unit)
		}
	})
	require.NoError(t, err)
	merged, err := profile.Merge([]*profile.Profile{p})
	require.NoError(t, err)
	stacks := func(p *profile.Profile) (all, distinct int) {
		seen := make(map[string]bool)
		for _, s := range p.Sample {
			if len(s.Label["user"]) == 0 {
				continue // of the runtime
			}
			assert.Equal(t, map[string][]string{"user": {"alice"}}, s.Label, "no other label is shown")
			stack := ""
			for _, l := range s.Location {
				stack += fmt.Sprintf(" %#x", l.Address)
			}
			seen[stack] = true
			all++
		}
		return all, len(seen)
	}
	all, distinct := stacks(p)
	assert.Greater(t, all, distinct, "the control: one stack has a sample for each Run")
	all, distinct = stacks(merged)
	assert.Equal(t, distinct, all)
	assert.InDelta(t, shares(p)["alice"], shares(merged)["alice"], 1e-9)
	assert.Greater(t, shares(p)["alice"], 0.5)
}

func TestShares(t *testing.T) {
	sample := func(cpu int64, label map[string][]string) *profile.Sample {
		return &profile.Sample{Value: []int64{1, cpu}, Label: label}
	}
	p := &profile.Profile{Sample: []*profile.Sample{
		sample(30, map[string][]string{"user": {"alice"}}),
		sample(20, map[string][]string{"user": {"bruno"}}),
		sample(50, nil),
	}}
	assert.Equal(t, map[string]float64{"alice": 0.3, "bruno": 0.2, "": 0.5}, shares(p))
	assert.Empty(t, shares(&profile.Profile{}))
}
