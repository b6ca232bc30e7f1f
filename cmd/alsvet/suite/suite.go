// Package suite lists the analyzers of alsvet, for other drivers to run.
package suite

import (
	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/callback"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/defaultstore"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/enterwith"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/gostmt"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/httporder"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/ignore"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/perrequest"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/revoked"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/scopeend"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/storagecopy"
)

// Analyzers returns all analyzers of alsvet.
func Analyzers() []*analysis.Analyzer {
	return []*analysis.Analyzer{
		gostmt.Analyzer,
		callback.Analyzer,
		enterwith.Analyzer,
		scopeend.Analyzer,
		storagecopy.Analyzer,
		perrequest.Analyzer,
		defaultstore.Analyzer,
		revoked.Analyzer,
		httporder.Analyzer,
		ignore.Analyzer,
	}
}
