// Package ignore defines the analyzer of the comments that silence the others.
package ignore

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/callback"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/defaultstore"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/enterwith"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/gostmt"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/httporder"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/directive"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/perrequest"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/revoked"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/scopeend"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/storagecopy"
)

const doc = `report //alsvet:ignore comments without a reason or a use

A comment silences the findings on its line, or on the line below if it stands alone:

	//alsvet:ignore this goroutine outlives the request
	go refresh()

	pool.Submit(flush) //alsvet:ignore callback: flush reads no store

Names of analyzers before a colon, separated by commas, restrict a comment to these
analyzers. A comment needs a reason: without one it silences nothing and is reported. A
comment that names an unknown analyzer, or that has nothing to silence, is reported, too.`

// Others are the analyzers whose findings can be silenced.
var others = []*analysis.Analyzer{
	gostmt.Analyzer, callback.Analyzer, enterwith.Analyzer,
	scopeend.Analyzer, storagecopy.Analyzer, perrequest.Analyzer,
	defaultstore.Analyzer, revoked.Analyzer, httporder.Analyzer,
}

// Analyzer reports comments that silence nothing. It requires the others so that it
// runs after them.
var Analyzer = &analysis.Analyzer{
	Name:     "ignore",
	Doc:      doc,
	Requires: append([]*analysis.Analyzer{directive.Analyzer}, others...),
	Run:      run,
}

func run(pass *analysis.Pass) (any, error) {
	for _, c := range pass.ResultOf[directive.Analyzer].(*directive.Index).All() {
		report := func(format string, args ...any) {
			pass.Report(analysis.Diagnostic{Pos: c.Pos, End: c.End, Message: directive.Named(pass.Analyzer, fmt.Sprintf(format, args...))})
		}
		if c.Spaced {
			report("a blank before alsvet:ignore makes it prose: write //alsvet:ignore")
			continue
		}
		if c.Reason == "" {
			report("alsvet:ignore needs a reason: //alsvet:ignore reason")
			continue
		}
		known := true
		for _, name := range c.Names {
			if !slices.ContainsFunc(others, func(a *analysis.Analyzer) bool { return a.Name == name }) {
				report("alsvet:ignore names an unknown analyzer: %q", name)
				known = false
			}
		}
		for _, name := range c.Unused() {
			switch {
			case name == "*":
				report("alsvet:ignore silences nothing here")
			case known:
				report("alsvet:ignore silences nothing of %s here", name)
			}
		}
	}
	return nil, nil
}
