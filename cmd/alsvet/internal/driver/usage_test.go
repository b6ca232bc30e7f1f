package driver

import (
	"bytes"
	"flag"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/suite"
)

// The usage has every flag: -h is the only place that lists them all.
func TestUsage(t *testing.T) {
	o, err := parse([]string{"-h"}, suite.Analyzers())
	require.ErrorIs(t, err, flag.ErrHelp)
	var out bytes.Buffer
	o.printUsage(&out, suite.Analyzers())
	o.flags.VisitAll(func(f *flag.Flag) {
		if p, ok := f.Value.(*passed); ok && p.analyzer && p.check == nil {
			assert.Contains(t, out.String(), "\n  "+f.Name+" ", "an analyzer")
			return
		}
		assert.Contains(t, out.String(), "\n  -"+f.Name)
		assert.NotEmpty(t, f.Usage)
	})
	assert.NotContains(t, out.String(), "(default false)")
	assert.Contains(t, out.String(), "(default true)", "of gostmt.loops")
}

func TestHelp(t *testing.T) {
	var out bytes.Buffer
	assert.Equal(t, Clean, Help(nil, &out, suite.Analyzers()))
	for _, a := range suite.Analyzers() {
		assert.Contains(t, out.String(), "\n  "+a.Name+" ", out.String())
		var one bytes.Buffer
		assert.Equal(t, Clean, Help([]string{a.Name}, &one, suite.Analyzers()))
		assert.Contains(t, one.String(), a.Doc)
		a.Flags.VisitAll(func(f *flag.Flag) { assert.Contains(t, one.String(), "-"+a.Name+"."+f.Name) })
	}
	out.Reset()
	assert.Equal(t, Misuse, Help([]string{"nothing"}, &out, suite.Analyzers()))
	assert.Equal(t, Misuse, Help([]string{"gostmt", "callback"}, &out, suite.Analyzers()))
	assert.Empty(t, out.String())
}
