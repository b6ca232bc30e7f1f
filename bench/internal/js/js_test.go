package js

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/bench/internal/ops"
	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

func TestEachRowHasOneOfOurs(t *testing.T) {
	questions := ops.Questions(1)
	for _, r := range rows {
		_, _, ok := ops.Find(questions, r.ours, ops.ALS)
		assert.True(t, ok, r.ours)
	}
}

func TestScript(t *testing.T) {
	path, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node on the PATH")
	}
	out, err := measure(path, true)
	require.NoError(t, err)
	assert.Regexp(t, `^node \d+`, out.Runtime)
	require.Len(t, out.Rows, len(rows))
	for i, r := range out.Rows {
		assert.Equal(t, rows[i].name, r.Name)
		assert.Len(t, r.NS, 11)
	}
}

func TestAFailureIsInTheReport(t *testing.T) {
	_, err := measure("/no/such/node", true)
	require.Error(t, err)
	c := output{Runtime: "node", failure: err.Error()}.cell("js/read")
	assert.Contains(t, c.Absent, "/no/such/node")
	assert.Equal(t, result.Spread{}, c.Value)
}
