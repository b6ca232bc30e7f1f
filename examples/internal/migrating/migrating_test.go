package migrating

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/internal/testkit"
)

var (
	programs = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")
	output   = regexp.MustCompile("(?ms)^```text\n(.*?)^```$")
	sections = regexp.MustCompile(`(?m)^## `)
)

// TestPrograms compiles and runs the programs of docs/migrating.md. All must print the
// output on the page.
func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts no processes")
	}
	page, err := os.ReadFile("../../../docs/migrating.md")
	require.NoError(t, err)
	want := output.FindSubmatch(page)
	require.NotNil(t, want)
	for _, section := range sections.Split(string(page), -1)[1:] {
		name, _, _ := strings.Cut(section, "\n")
		t.Run(name, func(t *testing.T) {
			assert.Contains(t, section, "\n|---|---|\n", "a table")
			shown := programs.FindAllStringSubmatch(section, -1)
			require.NotEmpty(t, shown)
			assert.Contains(t, shown[len(shown)-1][1], "goroutine/als", "the last program is ours")
			for _, program := range shown {
				assert.Equal(t, string(want[1]), run(t, program[1]))
			}
		})
	}
}

// run runs a program in this module, so that its imports are found, and returns its
// output.
func run(t *testing.T, program string) string {
	dir, err := os.MkdirTemp(".", "_program-") // no package of ./...
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o600))
	return testkit.Output(t, testkit.GoCommand(t, ".", "run", filepath.Join(dir, "main.go")))
}
