package scopeend_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/scopeend"
)

func TestFixes(t *testing.T) {
	fixture.RunWithFixes(t, "../testdata", scopeend.Analyzer, "./scopeend")
}
