package callback_test

import (
	"go/build"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/callback"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/schedulers"
)

const testdata = "../testdata"

func TestFixes(t *testing.T) {
	fixture.RunWithFixes(t, testdata, callback.Analyzer, "./callback/fixes", "./callback/quiet", "./callback/elsewhere", "./callback/lost", "./callback/jobs", "./callback/nils")
}

// Every function of the default list is found, in a package with a call of each. So are
// parallel subtests.
func TestFindings(t *testing.T) {
	missing := maps.Clone(schedulers.Known)
	if !slices.Contains(build.Default.ReleaseTags, "go1.25") {
		delete(missing, "(*sync.WaitGroup).Go")
	}
	for _, result := range fixture.Run(t, testdata, callback.Analyzer, "./callback/pools", "./callback/subtests") {
		for _, d := range result.Diagnostics {
			name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(d.Message, "callback: "), "the callback of "), " ")
			delete(missing, name)
		}
	}
	assert.Empty(t, missing)
}

func TestPackageWithoutALS(t *testing.T) {
	fixture.Run(t, testdata+"/without", callback.Analyzer, "./timers")
}

func TestFlagFuncs(t *testing.T) {
	flag := callback.Analyzer.Flags.Lookup("funcs")
	before := flag.Value.String()
	t.Cleanup(func() { require.NoError(t, flag.Value.Set(before)) })

	require.NoError(t, flag.Value.Set("+(*example.com/testdata/callback/listed.queue).Push"))
	fixture.Run(t, testdata, callback.Analyzer, "./callback/listed")

	require.NoError(t, flag.Value.Set("fmt.Print=go, (a/b-c.v2/d.T).M"))
	assert.Equal(t, "(a/b-c.v2/d.T).M,fmt.Print=go", flag.Value.String())
	for _, bad := range []string{"Print", "fmt.Print()", "fmt.Print=yes", "*fmt.T.M", "(fmt.T)M", "a b"} {
		assert.ErrorContains(t, flag.Value.Set(bad), "is no function", bad)
	}
	assert.Equal(t, "(a/b-c.v2/d.T).M,fmt.Print=go", flag.Value.String(), "a bad list changes nothing")
}

// With als/inherit a callback that gets a goroutine of its own is not reported. One that
// waits for a timer or a worker is.
func TestInherit(t *testing.T) {
	fixture.Run(t, testdata+"/inherit", callback.Analyzer, "./timers")
}

// A callback that only logs is reported if it serves its starter alone, unless it logs with
// package log. With the flag the others are, too.
func TestFlagLogs(t *testing.T) {
	count := func() (found int) {
		for _, result := range fixture.Analyze(t, testdata, callback.Analyzer, "./onlylogs") {
			found += len(result.Diagnostics)
		}
		return found
	}
	require.Equal(t, 1, count())
	fixture.SetFlag(t, callback.Analyzer, "logs", "true")
	require.Equal(t, 3, count())
}
