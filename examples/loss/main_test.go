package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProgram(t *testing.T) {
	var out, err bytes.Buffer
	assert.Zero(t, run(nil, &out, &err), err.String())
	assert.Empty(t, err.String())
	text := out.String()
	assert.True(t, strings.HasPrefix(text, "loss: als.TraceLoss reports "), text)
	assert.Equal(t, 3, strings.Count(text, `finds no store of storage "user"`))
	assert.Equal(t, 3, strings.Count(text, "examples/loss/ways.go:18)"), "the line that reads")
	assert.Contains(t, text, ".plainGo (")
	assert.Contains(t, text, "errgroup.(*Group).Go (")
	assert.Contains(t, text, "timers carry no stores; see als.AfterFunc")
	assert.Contains(t, text, "a library's go statement carries no stores; give it a function from als.Bind")
	assert.True(t, strings.HasSuffix(text, "\n  0 reports\n\nReports 3: each loss once, and nothing else\n"))
}

// The reports that the documentation shows name lines of ways.go.
func TestTheDocumentationNamesTheRightLines(t *testing.T) {
	var out, stderr bytes.Buffer
	require.Zero(t, run(nil, &out, &stderr), stderr.String())
	for _, page := range []string{"main.go", "../../docs/context-loss.md"} {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		shown := regexp.MustCompile(`ways\.go:\d+`).FindAllString(string(text), -1)
		assert.NotEmpty(t, shown)
		for _, place := range shown {
			assert.Contains(t, out.String(), place+")", page)
		}
	}
}

func TestNothingIsReportedOfWorkDoneRight(t *testing.T) {
	var out, err bytes.Buffer
	assert.Zero(t, run([]string{"-right"}, &out, &err), err.String())
	assert.NotContains(t, out.String(), "finds no store")
	assert.True(t, strings.HasSuffix(out.String(), "Reports 0: each loss once, and nothing else\n"), out.String())
}

// The check must be able to fail.
func TestTheCheckFails(t *testing.T) {
	assert.Empty(t, compare(nil, nil))
	assert.Equal(t, []string{"0 reports instead of 3"}, compare(nil, wanted))
	losses := traced(func() { lose(false) })
	assert.Empty(t, compare(losses, wanted))
	assert.Len(t, compare(losses[:2], wanted), 1)
	losses[0], losses[1] = losses[1], losses[0]
	assert.Len(t, compare(losses, wanted), 2)
	losses[2].Storage = "other"
	assert.Len(t, compare(losses, wanted), 3)
}

func TestUsage(t *testing.T) {
	var out, err bytes.Buffer
	assert.Equal(t, 2, run([]string{"-wrong"}, &out, &err))
	assert.Contains(t, err.String(), "-wrong")
}
