package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
)

// TestFixedCodeCompiles type-checks the packages of testdata with what the fixes
// make of them.
func TestFixedCodeCompiles(t *testing.T) {
	root, err := filepath.Abs("testdata")
	require.NoError(t, err)
	overlay := make(map[string][]byte)
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if file, ok := strings.CutSuffix(path, ".golden"); ok {
			overlay[file], err = os.ReadFile(path)
		}
		return err
	})
	require.NoError(t, err)
	require.Greater(t, len(overlay), 10)

	pkgs, err := packages.Load(&packages.Config{
		Mode:    fixture.Mode,
		Dir:     root,
		Env:     append(os.Environ(), "GOWORK=off"),
		Overlay: overlay,
	}, "./...")
	require.NoError(t, err)
	seen := 0
	for _, pkg := range pkgs {
		for _, err := range pkg.Errors {
			assert.Fail(t, err.Error())
		}
		for _, file := range pkg.GoFiles {
			if overlay[file] != nil {
				seen++
			}
		}
	}
	assert.Equal(t, len(overlay), seen, "every fixed file belongs to a package")
}
