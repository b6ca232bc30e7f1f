package main

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAnchors checks that each file contains its anchor once, and each edit changes
// something.
func TestAnchors(t *testing.T) {
	assert.GreaterOrEqual(t, len(mutants), 250)
	for i, m := range mutants {
		text, err := os.ReadFile(filepath.Join(root, m.file))
		require.NoError(t, err)
		assert.Equal(t, 1, strings.Count(string(text), m.anchor), "mutant %d, %s: %q", i+1, m.file, m.anchor)
		assert.NotEqual(t, m.anchor, m.with, "mutant %d", i+1)
	}
}

// TestMutantsCompile type-checks each mutant, which takes milliseconds where a build takes
// seconds.
func TestMutantsCompile(t *testing.T) {
	fset, parsed := token.NewFileSet(), map[string][]*ast.File{}
	deps := importer.ForCompiler(fset, "gc", exportData(t))
	for i, m := range mutants {
		if filepath.Ext(m.file) == ".s" || m.goarch != "" {
			continue // no package of the standard library checks assembly; exports are for one platform
		}
		text, err := os.ReadFile(filepath.Join(root, m.file))
		require.NoError(t, err)
		dir := filepath.Dir(m.file)
		if parsed[dir] == nil {
			parsed[dir] = parsePackage(t, fset, dir)
		}
		name := filepath.Join(root, m.file)
		edited, err := parser.ParseFile(fset, name, strings.Replace(string(text), m.anchor, m.with, 1), parser.SkipObjectResolution)
		require.NoError(t, err, "mutant %d, %s: %q", i+1, m.file, m.with)
		files := slices.Clone(parsed[dir])
		for i, f := range files {
			if fset.File(f.FileStart).Name() == name {
				files[i] = edited
			}
		}
		config := types.Config{Importer: deps, Sizes: types.SizesFor("gc", runtime.GOARCH)}
		_, err = config.Check(dir, fset, files, nil)
		assert.NoError(t, err, "mutant %d, %s: %q", i+1, m.file, m.with)
	}
}

const root = "../.."

// parsePackage parses the files of a package that this platform has.
func parsePackage(t *testing.T, fset *token.FileSet, dir string) (files []*ast.File) {
	t.Helper()
	p, err := build.ImportDir(filepath.Join(root, dir), 0)
	require.NoError(t, err)
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(root, dir, name), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, f)
	}
	return files
}

// exportData returns a lookup of the export data of the packages that the mutants' packages
// import.
func exportData(t *testing.T) importer.Lookup {
	t.Helper()
	list := testkit.Output(t, testkit.GoCommand(t, root, "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", "./als", "./als/inherit", "./gls", "./hooks", "./internal/g/labels"))
	files := map[string]string{}
	for _, line := range strings.Fields(list) {
		path, file, _ := strings.Cut(line, "=")
		files[path] = file
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
}
