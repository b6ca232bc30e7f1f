package cli

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAPartAlignsItsMarks(t *testing.T) {
	var p Part
	p.Add("one", "1")
	p.Add("three", "3")
	p.Add("a long line that has no mark", "")
	p.Add("", "")
	var out bytes.Buffer
	p.Wrong(&out, "in words")
	p.Right(&out, "in figures")
	lines := `
  one     <- should be 1
  three   <- should be 3
  a long line that has no mark

`
	assert.Equal(t, "\nWRONG  in words:"+lines+"\nRIGHT  in figures:"+lines, out.String())
}
