package usage_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

// Ignoring is for runs that do not want facts.
type ignoring struct{}

func (*ignoring) Errorf(string, ...any) {}

const testdata = "../../testdata"

func TestFacts(t *testing.T) {
	analysistest.Run(t, testdata, usage.Analyzer, "./usage/...")
	analysistest.Run(t, testdata+"/inherit", usage.Analyzer, "./facts")
	analysistest.Run(t, testdata+"/without", usage.Analyzer, "./onlytests")
}

// A test that uses als makes the tests of its package use als, and nothing else.
func TestTestsAreApart(t *testing.T) {
	for _, result := range analysistest.Run(t, testdata+"/without", usage.Analyzer, "./onlytests") {
		for _, file := range result.Pass.Files {
			uses := result.Result.(*usage.Result).Uses(file.Package)
			assert.Equal(t, usage.IsTest(result.Pass, file.Package), uses)
		}
	}
}

// A package that a program with als/inherit imports may be part of others.
func TestInheritOfTheProgram(t *testing.T) {
	inherits := func(dir, pkg string) bool {
		results := analysistest.Run(new(ignoring), dir, usage.Analyzer, pkg)
		require.NotEmpty(t, results)
		return results[0].Result.(*usage.Result).Inherits(results[0].Pass.Files[0].Package)
	}
	assert.False(t, inherits(testdata, "./usage/direct"))
	assert.False(t, inherits(testdata+"/inherit", "./library"))
	assert.True(t, inherits(testdata+"/inherit", "./cmd/server"))
}
