package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if dir != "" {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

var (
	dir       string // of the binary
	buildOnce sync.Once
)

// buildAlsvet builds alsvet, once for all tests.
func buildAlsvet(t *testing.T) string {
	buildOnce.Do(func() {
		var err error
		dir, err = os.MkdirTemp("", "alsvet")
		require.NoError(t, err)
		out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "alsvet"), ".").CombinedOutput()
		require.NoError(t, err, string(out))
	})
	return filepath.Join(dir, "alsvet")
}

// newModule makes a module with a program that loses a store and has alsvet as a tool.
func newModule(t *testing.T) string {
	module := t.TempDir()
	here, err := filepath.Abs(".")
	require.NoError(t, err)
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(module, name), []byte(text), 0o600))
	}
	write("main.go", server)
	write("go.mod", fmt.Sprintf(`module example.com/server

go 1.24.0

tool github.com/seed-1938943e/goroutine/cmd/alsvet

require (
	github.com/seed-1938943e/goroutine v0.0.0
	github.com/seed-1938943e/goroutine/cmd/alsvet v0.0.0
)

replace (
	github.com/seed-1938943e/goroutine => %s
	github.com/seed-1938943e/goroutine/cmd/alsvet => %s
)
`, filepath.Join(here, "..", ".."), here))
	out, code := run(t, module, "go", "mod", "tidy")
	require.Zero(t, code, out)
	return module
}

// writeModule writes the go.mod of a module that uses als.
func writeModule(t *testing.T, dir, path string) {
	here, err := filepath.Abs(".")
	require.NoError(t, err)
	text := fmt.Sprintf("module %s\n\ngo 1.24.0\n\nrequire github.com/seed-1938943e/goroutine v0.0.0\n\n"+
		"replace github.com/seed-1938943e/goroutine => %s\n", path, filepath.Join(here, "..", ".."))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600))
	if _, err := os.Stat(filepath.Join(dir, "main.go")); err != nil { // so that tidy finds the import
		placeholder := "package main\n\nimport _ \"github.com/seed-1938943e/goroutine/als\"\n\nfunc main() {}\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(placeholder), 0o600))
	}
	out, code := run(t, dir, "go", "mod", "tidy")
	require.Zero(t, code, out)
}

// downloads matches the lines of the go command about modules that are not in its cache yet.
var downloads = regexp.MustCompile(`(?m)^go: downloading .*\n`)

// run runs a command in a directory, outside of any workspace, and returns what it
// printed, downloads left out, and its exit code.
func run(t *testing.T, dir string, command ...string) (string, int) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		require.NoError(t, err, string(out))
	}
	return downloads.ReplaceAllString(string(out), ""), cmd.ProcessState.ExitCode()
}

func read(t *testing.T, module string) string {
	text, err := os.ReadFile(filepath.Join(module, "main.go"))
	require.NoError(t, err)
	return string(text)
}
