package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTorture fixes a program with go statements in all ways that a fix could get wrong.
// The fixed program must print what it printed before, and have no go statement left.
func TestTorture(t *testing.T) {
	binary, module := buildAlsvet(t), t.TempDir()
	program := filepath.Join("testdata", "torture", "main.go")
	require.GreaterOrEqual(t, goStatements(t, program), 100)
	copyFile(t, program, filepath.Join(module, "main.go"))
	writeModule(t, module, "example.com/torture")

	before, code := run(t, module, "go", "run", ".")
	require.Zero(t, code, before)
	out, code := run(t, module, binary, "-fix", ".")
	require.Zero(t, code, out)
	after, code := run(t, module, "go", "run", ".")
	require.Zero(t, code, after)
	assert.Equal(t, before, after)
	assert.Zero(t, goStatements(t, filepath.Join(module, "main.go")))
}

// goStatements counts the go statements of a file.
func goStatements(t *testing.T, path string) (n int) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(node ast.Node) bool {
		if _, ok := node.(*ast.GoStmt); ok {
			n++
		}
		return true
	})
	return n
}

func copyFile(t *testing.T, from, to string) {
	text, err := os.ReadFile(from)
	require.NoError(t, err)
	text = bytes.TrimPrefix(text, []byte("//go:build ignore\n\n")) // which keeps programs apart
	require.NoError(t, os.WriteFile(to, text, 0o600))
}

// TestFixesOfLoops has the programs in which a fix would give one user's stores to all.
// After the fixes no job runs as another user.
func TestFixesOfLoops(t *testing.T) {
	binary := buildAlsvet(t)
	programs, err := filepath.Glob(filepath.Join("testdata", "served", "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, programs)
	module := t.TempDir()
	writeModule(t, module, "example.com/served")
	for _, program := range programs {
		t.Run(filepath.Base(program), func(t *testing.T) {
			copyFile(t, program, filepath.Join(module, "main.go"))
			out, code := run(t, module, binary, ".")
			assert.Equal(t, 3, code, out)
			out, _ = run(t, module, binary, "-fix", ".")
			after, code := run(t, module, "go", "run", ".")
			require.Zero(t, code, after)
			assert.NotContains(t, after, "second as first", out)
		})
	}
}
