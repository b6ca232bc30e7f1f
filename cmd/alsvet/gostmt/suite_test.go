package gostmt_test

import (
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/gostmt"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
)

// set sets a flag of the analyzer until the test ends.
func set(t *testing.T, name, value string) {
	fixture.SetFlag(t, gostmt.Analyzer, name, value)
}

func isTest(file string) bool { return strings.HasSuffix(file, "_test.go") }
