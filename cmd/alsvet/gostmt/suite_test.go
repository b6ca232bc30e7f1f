package gostmt_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/gostmt"
)

// set sets a flag of the analyzer until the test ends.
func set(t *testing.T, name, value string) {
	before := gostmt.Analyzer.Flags.Lookup(name).DefValue
	require.NoError(t, gostmt.Analyzer.Flags.Set(name, value))
	t.Cleanup(func() { require.NoError(t, gostmt.Analyzer.Flags.Set(name, before)) })
}

func isTest(file string) bool { return strings.HasSuffix(file, "_test.go") }
