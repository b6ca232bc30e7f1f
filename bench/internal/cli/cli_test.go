package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/bench/internal/child"
	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

// TestMain lets the test binary be the children that the program starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == child.Argument {
		os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func program(args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = Main(args, &out, &err)
	return status, out.String(), err.String()
}

func TestWrongArguments(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-frobnicate"}, "flag provided but not defined: -frobnicate"},
		{[]string{"-rounds", "x"}, `invalid value "x" for flag -rounds`},
		{[]string{"-rounds", "3"}, "-rounds 3: at least 10 are needed"},
		{[]string{"-rounds", "0"}, "-rounds 0: at least 10 are needed"},
		{[]string{"-filter", "("}, "-filter: error parsing regexp"},
		{[]string{"-filter", "^nothing$"}, "-filter: no row has a name that matches"},
		{[]string{"-filter"}, "flag needs an argument"},
		{[]string{"-filter", "read/store=int", "-o", "/dev/null/x"}, "-o: "},
		{[]string{"gat"}, "no such command: gat"},
		{[]string{"-short", "gate"}, "no such command: gate"},
		{[]string{"gate", "-rounds", "3"}, "-rounds 3: at least 10 are needed"},
		{[]string{"gate", "-limits", "/no/such/file"}, "-limits: open /no/such/file"},
		{[]string{"gate", "more"}, "no such command: more"},
		{[]string{"readme", "-x"}, "flag provided but not defined: -x"},
		{[]string{"report", "-x"}, "flag provided but not defined: -x"},
	} {
		status, stdout, stderr := program(c.args...)
		assert.Equal(t, 2, status, c.args)
		assert.Empty(t, stdout, c.args)
		assert.Contains(t, stderr, "bench: "+c.want, c.args)
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"-h"}, {"gate", "-help"}, {"readme", "--help"}, {"report", "-h"}} {
		status, _, stderr := program(args...)
		assert.Zero(t, status)
		assert.Contains(t, stderr, "usage: go run ./bench")
	}
}

func TestMeasureOneRow(t *testing.T) {
	dir := t.TempDir()
	status, stdout, stderr := program("-json", "-short", "-filter", "^read/store=int$", "-rounds", "10", "-o", dir)
	require.Zero(t, status, stderr)
	r := new(result.Report)
	require.NoError(t, json.Unmarshal([]byte(stdout), r))
	row, ok := r.Row("read/store=int")
	require.True(t, ok)
	c, ok := row.Cell("als")
	require.True(t, ok)
	assert.Equal(t, 10, c.Ratio.N)
	assert.NotEmpty(t, r.Machine.Go)
	assert.NotEmpty(t, r.Machine.CPU)
	assert.Positive(t, r.Machine.GOMAXPROCS)
	assert.False(t, r.Date.IsZero())

	written, err := result.Read(filepath.Join(dir, "data.json"))
	require.NoError(t, err)
	assert.Equal(t, r, written)
	for _, name := range []string{"index.html", "read.svg"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Contains(t, string(text), "GetStore of an int", name)
	}
	assert.NotContains(t, stderr, "%", "no progress bar without a terminal")
}

func TestTables(t *testing.T) {
	status, stdout, stderr := program("-short", "-filter", "^read/store=int$")
	require.Zero(t, status, stderr)
	assert.Contains(t, stdout, "## Reading\n")
	assert.Regexp(t, `(?m)^ +als +[\d.]+ +[\d.]+ +[\d.]+–[\d.]+ +0 +0`, stdout)
}

func TestReportIsMadeFromTheData(t *testing.T) {
	dir := t.TempDir()
	status, _, stderr := program("report", "-o", dir)
	require.Zero(t, status, stderr)
	data, err := os.ReadFile("../../report/data.json")
	require.NoError(t, err)
	again, err := os.ReadFile(filepath.Join(dir, "data.json"))
	require.NoError(t, err)
	assert.Equal(t, string(data), string(again), "nothing is measured")
	assert.FileExists(t, filepath.Join(dir, "index.html"))
	assert.FileExists(t, filepath.Join(dir, "read.svg"))
}

func TestGateFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "limits.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"limits": [
		{"row": "read/store=int", "system": "als", "ratio": 0.001, "why": "cannot be met"},
		{"row": "read/store=pointer", "system": "als", "ratio": 1000, "why": "cannot be missed"}
	]}`), 0o600))
	status, stdout, stderr := program("gate", "-limits", path, "-rounds", "10")
	assert.Equal(t, 1, status)
	assert.Regexp(t, `(?m)^FAILS +read/store=int +als +\d+\.\d+ +0\.001`, stdout) // the ratio is another with the race detector
	assert.Regexp(t, `(?m)^ok +read/store=pointer`, stdout)
	assert.Contains(t, stderr, "look 2 at: read/store=int\n")
	assert.Contains(t, stderr, "gate: 1 of 2 rows are beyond their limit")
}

func TestGateKnowsItsRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "limits.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"limits": [
		{"row": "read/store=int", "system": "als", "ratio": 1000, "why": "it is there"},
		{"row": "read/store=uint", "system": "als", "ratio": 1000, "why": "it is not"}
	]}`), 0o600))
	status, _, stderr := program("gate", "-limits", path, "-rounds", "10")
	assert.Equal(t, 1, status)
	assert.Contains(t, stderr, `there is no row "read/store=uint"`)
}

func TestSoak(t *testing.T) {
	status, stdout, stderr := program("soak", "-for", "2s", "-inherit", "off", "-seed", "4711")
	assert.Zero(t, status, stderr)
	assert.Regexp(t, `^seed=4711\nplain\.seconds=\d+\n(plain.*\n)+seconds=\d+\n(.*\n)*wrong_reads=0\nlost_stores=0\nbytes_left=-?\d+\n$`, stdout)
}

func TestSoakArguments(t *testing.T) {
	for want, args := range map[string][]string{
		"bench: -inherit maybe: it is off, on or both\n":       {"-inherit", "maybe"},
		"bench: -for 3s: each program needs at least 2s\n":     {"-for", "3s"},
		"bench: -for -1m0s: each program needs at least 2s\n":  {"-for", "-1m"},
		"invalid value \"x\" for flag -seed: parse error":      {"-seed", "x"},
		"invalid value \"long\" for flag -for: parse error":    {"-for", "long"},
		"flag provided but not defined: -fore":                 {"-fore", "1m"},
		"bench: no such command: more (the commands are gate,": {"more"},
	} {
		status, stdout, stderr := program(append([]string{"soak"}, args...)...)
		assert.Equal(t, 2, status)
		assert.Contains(t, stderr, want)
		assert.Empty(t, stdout)
	}
}
