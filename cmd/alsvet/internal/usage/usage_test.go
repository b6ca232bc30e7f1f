package usage_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

// Ignoring drops errors: the fixture has no want comments for facts.
type ignoring struct{}

func (*ignoring) Errorf(string, ...any) {}

const testdata = "../../testdata"

func TestFacts(t *testing.T) {
	direct := analysistest.Run(t, testdata, usage.Analyzer, "./usage/...")
	for _, result := range direct {
		assert.False(t, inherits(result), result.Pass.Pkg.Path())
	}
	analysistest.Run(t, testdata+"/inherit", usage.Analyzer, "./facts")

	// A test that uses als makes the tests of its package use als, and nothing else.
	for _, result := range analysistest.Run(t, testdata+"/without", usage.Analyzer, "./onlytests") {
		for _, file := range result.Pass.Files {
			uses := result.Result.(*usage.Result).Uses(file.Package)
			assert.Equal(t, usage.IsTest(result.Pass, file.Package), uses)
		}
	}
}

// A package that a program with als/inherit imports may be part of others.
func TestInheritOfTheProgram(t *testing.T) {
	got := make(map[string]bool)
	for _, result := range analysistest.Run(new(ignoring), testdata+"/inherit", usage.Analyzer, "./library", "./cmd/server") {
		got[result.Pass.Pkg.Name()] = inherits(result)
	}
	assert.Equal(t, map[string]bool{"library": false, "main": true}, got)
}

func inherits(result *analysistest.Result) bool {
	return result.Result.(*usage.Result).Inherits(result.Pass.Files[0].Package)
}
