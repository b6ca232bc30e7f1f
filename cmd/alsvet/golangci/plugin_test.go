package golangci_test

import (
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis"

	_ "github.com/seed-1938943e/goroutine/cmd/alsvet/golangci"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/gostmt"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/directive"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/suite"
)

func TestPlugin(t *testing.T) {
	newPlugin, err := register.GetPlugin("alsvet")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, gostmt.Analyzer.Flags.Set("tests", "false")) })

	p, err := newPlugin(map[string]any{"flags": map[string]any{"gostmt": map[string]any{"tests": true}}})
	require.NoError(t, err)
	assert.Equal(t, "true", gostmt.Analyzer.Flags.Lookup("tests").Value.String())
	assert.Equal(t, register.LoadModeTypesInfo, p.GetLoadMode())
	analyzers, err := p.BuildAnalyzers()
	require.NoError(t, err)
	assert.Len(t, analyzers, len(suite.Analyzers()))
	require.NoError(t, analysis.Validate(analyzers))
	assert.Equal(t, "text", directive.Named(gostmt.Analyzer, "text"), "golangci-lint names the analyzer")
}

func TestWrongSettings(t *testing.T) {
	newPlugin, err := register.GetPlugin("alsvet")
	require.NoError(t, err)
	for _, flags := range []map[string]any{
		{"gostmt": map[string]any{"nothing": true}}, {"nothing": map[string]any{"tests": true}},
		{"gostmt": true}, {"gostmt": map[string]any{"tests": "perhaps"}},
	} {
		_, err := newPlugin(map[string]any{"flags": flags})
		assert.ErrorContains(t, err, "alsvet: ")
	}
}
