package gostmt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/gostmt"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
)

const testdata = "../testdata"

func TestFixes(t *testing.T) {
	set(t, "logs", "true")
	fixture.RunWithFixes(t, testdata, gostmt.Analyzer, "./gostmt/...")
}

func TestPackageWithoutALS(t *testing.T) {
	fixture.Run(t, testdata+"/without", gostmt.Analyzer, "./plain")
}

func TestFlagForbid(t *testing.T) {
	set(t, "forbid", "true")
	for _, result := range fixture.Run(t, testdata+"/without", gostmt.Analyzer, "./forbid") {
		for _, d := range result.Diagnostics {
			require.Empty(t, d.SuggestedFixes, "the module may not have als")
		}
	}
}

func TestFlagTests(t *testing.T) {
	set(t, "tests", "true")
	found := 0
	for _, result := range fixture.Analyze(t, testdata, gostmt.Analyzer, "./gostmt/quiet") {
		for _, d := range result.Diagnostics {
			if isTest(result.Package.Fset.File(d.Pos).Name()) {
				found++
			}
		}
	}
	require.Equal(t, 1, found)
}

func TestFlagLoops(t *testing.T) {
	set(t, "loops", "false")
	for _, result := range fixture.Analyze(t, testdata, gostmt.Analyzer, "./gostmt/loops") {
		for _, d := range result.Diagnostics {
			require.NotContains(t, d.Message, "also works for")
		}
	}
}

func TestFlagInherit(t *testing.T) {
	set(t, "inherit", "true")
	for _, result := range fixture.Analyze(t, testdata, gostmt.Analyzer, "./gostmt/fixes") {
		require.Empty(t, result.Diagnostics)
	}
}

// Only the imports of a program itself count. What another program of its module imports,
// or a file that build constraints exclude, silences nothing.
func TestInherit(t *testing.T) {
	fixture.Run(t, testdata+"/inherit", gostmt.Analyzer, "./library", "./cmd/...")
}

// A goroutine that only logs is reported if it serves its starter alone, unless it logs with
// package log. With the flag the others are, too.
func TestFlagLogs(t *testing.T) {
	count := func() (found int) {
		for _, result := range fixture.Analyze(t, testdata, gostmt.Analyzer, "./onlylogs") {
			found += len(result.Diagnostics)
		}
		return found
	}
	require.Equal(t, 1, count())
	set(t, "logs", "true")
	require.Equal(t, 3, count())
}
