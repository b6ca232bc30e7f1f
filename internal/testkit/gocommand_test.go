package testkit

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The go command reports downloads on standard error, which is not part of the output.
func TestOutputLeavesStandardErrorOut(t *testing.T) {
	dir := NewModule(t, map[string]string{"main.go": program})
	assert.Equal(t, "goroutine 1\n", RunProgram(t, dir))
}

const program = `package main

import (
	"fmt"
	"os"

	"github.com/seed-1938943e/goroutine"
)

func main() {
	fmt.Fprintln(os.Stderr, "go: downloading example.com/module v1.0.0")
	fmt.Println("goroutine", goroutine.ID())
}
`

func TestOutputFailsWhenTheCommandFails(t *testing.T) {
	assert.True(t, fails(func(t testing.TB) { Output(t, exec.Command("go", "no-such-command")) }))
}

func TestGoCommandIgnoresTheCallersFlagsAndWorkspace(t *testing.T) {
	t.Setenv("GOFLAGS", "-no-such-flag")
	t.Setenv("GOWORK", filepath.Join(t.TempDir(), "go.work"))
	assert.Equal(t, "off\n", Output(t, GoCommand(t, ".", "env", "GOWORK")))
}
