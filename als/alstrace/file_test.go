package alstrace

import (
	"errors"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errFull = errors.New("disk full")

// A brokenFlight fails in the middle of a trace.
type brokenFlight struct{}

func (brokenFlight) Stop() {}

func (brokenFlight) WriteTo(w io.Writer) (int64, error) {
	n, _ := w.Write([]byte("go 1"))
	return int64(n), errFull
}

func TestAnIncompleteFileIsRemoved(t *testing.T) {
	dir := t.TempDir()
	rec := &Recorder{options: Options{Dir: dir, Keep: 1}, flight: brokenFlight{}}
	tr, err := rec.writeFile(Trace{Requests: []Request{{Name: "r-42"}}})
	assert.ErrorIs(t, err, errFull)
	assert.Empty(t, tr.File)
	assert.EqualValues(t, 4, tr.Bytes)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
}
