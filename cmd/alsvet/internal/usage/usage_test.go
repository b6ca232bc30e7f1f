package usage_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

const testdata = "../../testdata"

func TestFacts(t *testing.T) {
	direct := fixture.Run(t, testdata, usage.Analyzer, "./usage/...")
	for _, result := range direct {
		assert.False(t, inherits(result), result.Package.PkgPath)
	}
	fixture.Run(t, testdata+"/inherit", usage.Analyzer, "./facts")

	// A test that uses als makes the tests of its package use als, and nothing else.
	for _, result := range fixture.Run(t, testdata+"/without", usage.Analyzer, "./onlytests") {
		for _, file := range result.Package.Syntax {
			uses := result.Result.(*usage.Result).Uses(file.Package)
			assert.Equal(t, strings.HasSuffix(result.Package.Fset.File(file.Package).Name(), "_test.go"), uses)
		}
	}
}

// A package that a program with als/inherit imports may be part of others.
func TestInheritOfTheProgram(t *testing.T) {
	got := make(map[string]bool)
	for _, result := range fixture.Analyze(t, testdata+"/inherit", usage.Analyzer, "./library", "./cmd/server") {
		got[result.Package.Name] = inherits(result)
	}
	assert.Equal(t, map[string]bool{"library": false, "main": true}, got)
}

func inherits(result *checker.Action) bool {
	return result.Result.(*usage.Result).Inherits(result.Package.Syntax[0].Package)
}
