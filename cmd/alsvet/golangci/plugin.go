// Package golangci makes the analyzers a module plugin of golangci-lint, by the name
// alsvet. See the README for the two files that a project needs.
package golangci

import (
	"fmt"
	"maps"
	"slices"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/directive"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/suite"
)

func init() { register.Plugin("alsvet", New) }

// Settings are the settings of the linter in .golangci.yml.
type Settings struct {
	// Flags are the flags of the analyzers, by analyzer: golangci-lint splits keys such
	// as gostmt.tests.
	Flags map[string]map[string]any `json:"flags"`
}

// New returns the plugin. It fails if a flag is unknown or has a wrong value.
func New(raw any) (register.LinterPlugin, error) {
	settings, err := register.DecodeSettings[Settings](raw)
	if err != nil {
		return nil, fmt.Errorf("alsvet: the settings: %w", err)
	}
	directive.DriverNames = true
	p := &plugin{analyzers: suite.Analyzers()}
	for _, analyzer := range slices.Sorted(maps.Keys(settings.Flags)) {
		flags := settings.Flags[analyzer]
		for _, flag := range slices.Sorted(maps.Keys(flags)) {
			if err := p.set(analyzer, flag, fmt.Sprint(flags[flag])); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

type plugin struct{ analyzers []*analysis.Analyzer }

func (p *plugin) set(analyzer, flag, value string) error {
	for _, a := range p.analyzers {
		if a.Name != analyzer || a.Flags.Lookup(flag) == nil {
			continue
		}
		if err := a.Flags.Set(flag, value); err != nil {
			return fmt.Errorf("alsvet: the flag %s.%s: %w", analyzer, flag, err)
		}
		return nil
	}
	return fmt.Errorf("alsvet: there is no flag %s.%s", analyzer, flag)
}

// BuildAnalyzers returns the analyzers, for golangci-lint.
func (p *plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) { return p.analyzers, nil }

// GetLoadMode says that the analyzers need types, for golangci-lint.
func (p *plugin) GetLoadMode() string { return register.LoadModeTypesInfo }
