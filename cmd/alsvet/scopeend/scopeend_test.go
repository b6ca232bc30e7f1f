package scopeend_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/scopeend"
)

func TestFixes(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, "../testdata", scopeend.Analyzer, "./scopeend")
}
