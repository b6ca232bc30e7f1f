package suite_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
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

// A package that is too large to be written by hand gives neither findings nor a crash.
func TestLargePackage(t *testing.T) {
	const source = `package p

		import (
			"net/http"
			"time"

			"github.com/seed-1938943e/goroutine/als"
		)

		var user als.Storage[string]

		func start(jobs chan func()) {
			read := func() { user.Get() }
			go read()
			go func() { read() }()
			als.Go(func() { read() })
			func(f func()) { go f() }(read)
			time.AfterFunc(1, func() { read() })
			jobs <- func() { read() }
			http.HandleFunc("/", func(http.ResponseWriter, *http.Request) { go read() })
		}
		`
	for _, a := range suite.Analyzers() {
		found := len(sourcetest.Run(t, a, source)[0].Diagnostics)
		assert.Equal(t, a.Name == "gostmt" || a.Name == "callback", found > 0, "%s on a small one", a.Name)
		large := source + "//" + strings.Repeat("x", flow.MaxSize)
		assert.Empty(t, sourcetest.Run(t, a, large)[0].Diagnostics, a.Name)
	}
}
