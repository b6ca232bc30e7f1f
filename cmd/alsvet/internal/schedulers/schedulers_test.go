package schedulers

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSet(t *testing.T) {
	var list List
	require.NoError(t, list.Set(" a.B , (*a/b-c.v2/d.T).M=go,,a.B"))
	assert.Equal(t, List{"a.B": false, "(*a/b-c.v2/d.T).M": true}, list)
	require.NoError(t, list.Set("+(a.T).M,a.B=go"))
	assert.Equal(t, "(*a/b-c.v2/d.T).M=go,(a.T).M,a.B=go", list.String(), "in the syntax of Set")
	require.NoError(t, list.Set("c.D"))
	assert.Equal(t, "c.D", list.String(), "it is replaced")

	for _, bad := range []string{"B", "a.B()", "a.B=yes", "*a.T.M", "(a.T)M", "(a.T).", "a b", "a.B=go=go"} {
		err := list.Set("+x.Y," + bad)
		assert.ErrorContains(t, err, `"`+bad+`" is no function: write path/of/package.Function`)
	}
	assert.Equal(t, "c.D", list.String(), "a bad list changes nothing")
	require.NoError(t, list.Set(""))
	assert.Empty(t, list)
	assert.Empty(t, (*List)(nil).String(), "package flag asks for the zero value")
}

// The default list survives being written and read: the driver sets a flag twice to
// check its value.
func TestKnown(t *testing.T) {
	var again List
	require.NoError(t, again.Set(Known.String()))
	assert.Equal(t, Known, again)
	assert.Len(t, again, 1+strings.Count(defaults, ","), "no function is named twice")
	assert.True(t, Known["(*golang.org/x/sync/errgroup.Group).Go"])
	starts, listed := Known["time.AfterFunc"]
	assert.True(t, listed)
	assert.False(t, starts)
}
