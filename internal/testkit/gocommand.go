package testkit

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// GoCommand returns the go command with args, to be run in dir. It ignores the
// caller's workspace and GOFLAGS, so that every machine runs the same command. It
// skips the test where there is no go command.
//
// The command downloads and compiles what no cache has yet. It reports downloads on
// standard error, so compare only standard output: see Output.
func GoCommand(t testing.TB, dir string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("go")
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("no go command")
	}
	require.NoError(t, err)
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	return cmd
}

// Output runs cmd, which must succeed, and returns its standard output alone.
func Output(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(cmd.Args, " "), err, out, stderr.String())
	}
	return string(out)
}

// RunProgram runs the main package in dir, a directory of NewModule, and returns its standard
// output. The program is compiled for the host, also if an emulator runs the tests.
func RunProgram(t testing.TB, dir string, flags ...string) string {
	t.Helper()
	run := GoCommand(t, dir, slices.Concat([]string{"run", "-mod=mod"}, flags, []string{"."})...)
	run.Env = append(run.Env, "GOOS=", "GOARCH=")
	return Output(t, run)
}

// modulePath is the path of the root module.
const modulePath = "github.com/seed-1938943e/goroutine"

// NewModule writes a module to a temporary directory and returns the directory. files has
// the text of each file by its name. The module can import the packages of the checkout
// that the test belongs to. Commands that load packages need -mod=mod, which
// completes its go.mod.
func NewModule(t testing.TB, files map[string]string) string {
	t.Helper()
	root, dir := Checkout(t), t.TempDir()
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	files = maps.Clone(files)
	files["go.sum"] = string(sum)
	files["go.mod"] = "module " + modulePath + "/program\n\ngo 1.24.0\n\n" +
		"require " + modulePath + " v0.0.0\n\n" +
		"replace " + modulePath + " => " + root + "\n"
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

// Checkout returns the directory of the root module that the test belongs to.
func Checkout(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module "+modulePath+"\n") {
			return dir
		}
		parent := filepath.Dir(dir)
		require.NotEqual(t, dir, parent, "no directory above is that of %s", modulePath)
		dir = parent
	}
}
