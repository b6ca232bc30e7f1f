package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAnchors keeps the list true: each anchor stands in its file once, and each edit
// changes something.
func TestAnchors(t *testing.T) {
	assert.GreaterOrEqual(t, len(mutants), 60)
	for i, m := range mutants {
		text, err := os.ReadFile(filepath.Join("../..", m.file))
		require.NoError(t, err)
		assert.Equal(t, 1, strings.Count(string(text), m.anchor), "mutant %d, %s: %q", i+1, m.file, m.anchor)
		assert.NotEqual(t, m.anchor, m.with, "mutant %d", i+1)
	}
}
