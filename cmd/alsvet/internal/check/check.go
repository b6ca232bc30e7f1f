// Package check is the common base of the analyzers that judge which goroutine runs
// what: gostmt, callback and revoked.
package check

import (
	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/directive"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/rewrite"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

// A Base has the results of the analyzers that Requires returns, and collects findings.
type Base struct {
	Pass     *analysis.Pass
	Uses     *usage.Result
	Comments *directive.Index
	Flow     *flow.Package
	Judge    *serves.Judge
	findings rewrite.Batch
}

// Requires returns the analyzers that an analyzer with a Base must require.
func Requires() []*analysis.Analyzer {
	return []*analysis.Analyzer{flow.Analyzer, serves.Analyzer, usage.Analyzer, directive.Analyzer}
}

// New returns the Base for one package.
func New(pass *analysis.Pass) Base {
	return Base{
		Pass:     pass,
		Uses:     pass.ResultOf[usage.Analyzer].(*usage.Result),
		Comments: pass.ResultOf[directive.Analyzer].(*directive.Index),
		Flow:     pass.ResultOf[flow.Analyzer].(*flow.Package),
		Judge:    pass.ResultOf[serves.Analyzer].(*serves.Judge),
		findings: rewrite.Batch{Pass: pass},
	}
}

// Add adds a finding, unless a comment silences it or active is false. Forms returns the
// ways to fix it, the best first; a nil forms means that there is none. Add calls it
// only for findings that are reported.
func (b *Base) Add(active bool, d analysis.Diagnostic, forms func() []rewrite.Form) {
	if !b.Comments.Wants(b.Pass, active, &d) {
		return
	}
	var ways []rewrite.Form
	if forms != nil {
		ways = forms()
	}
	b.findings.Add(d, ways)
}

// Report reports the findings that were added, each with the first way to fix it after
// which the package still compiles and means the same.
func (b *Base) Report() { b.findings.Report() }
