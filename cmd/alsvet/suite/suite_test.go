package suite_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/suite"
)

func TestAnalyzersAreValid(t *testing.T) {
	require.NoError(t, analysis.Validate(suite.Analyzers()))
	for _, a := range suite.Analyzers() {
		assert.Greater(t, strings.Count(a.Doc, "\n"), 3, "%s explains itself", a.Name)
	}
}

// The comments can silence every analyzer but the one that reports on them.
func TestIgnoreKnowsTheOthers(t *testing.T) {
	analyzers := suite.Analyzers()
	ignore := analyzers[len(analyzers)-1]
	require.Equal(t, "ignore", ignore.Name)
	for _, a := range analyzers[:len(analyzers)-1] {
		assert.Contains(t, ignore.Requires, a)
	}
}
