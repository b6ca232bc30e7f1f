package structure

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

var programs = regexp.MustCompile("(?ms)^```go\n(package main\n.*?)^```$")

// times matches what differs between two runs of a program that logs.
var times = regexp.MustCompile(`(?m)^time=\S+ `)

// TestReadmePrograms runs every complete program that the README shows.
func TestReadmePrograms(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	shown := programs.FindAllSubmatch(readme, -1)
	require.NotEmpty(t, shown)
	wants := []string{"level=INFO msg=charged cents=1250 request=r-42\nlevel=INFO msg=charged cents=99 request=r-43\n"}
	require.Len(t, shown, len(wants))
	for i, program := range shown {
		dir := testkit.NewModule(t, map[string]string{"main.go": string(program[1])})
		out := testkit.RunProgram(t, dir)
		assert.Equal(t, wants[i], times.ReplaceAllString(out, ""))
	}
}

var blocks = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")

// TestReadmeSnippets checks that each line of Go in the README that is not in a whole
// program occurs in a file that is compiled.
func TestReadmeSnippets(t *testing.T) {
	compiled := map[string]bool{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.Contains(path, "testdata") {
			return err
		}
		text, err := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			compiled[code(line)] = true
		}
		return err
	}))
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	snippets := 0
	for _, block := range blocks.FindAllSubmatch(readme, -1) {
		if strings.HasPrefix(string(block[1]), "package main\n") {
			continue
		}
		snippets++
		for line := range strings.Lines(string(block[1])) {
			assert.Truef(t, compiled[code(line)], "no file has the line %s", line)
		}
	}
	assert.NotZero(t, snippets)
	assert.False(t, compiled["this line is nowhere"], "the control")
}

// code returns a line without indentation and comment.
func code(line string) string {
	line, _, _ = strings.Cut(line, " // ")
	return strings.TrimSpace(line)
}

// TestReadmeLinks checks that the files that the documents link to exist.
func TestReadmeLinks(t *testing.T) {
	links := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	for _, doc := range []string{"README.md", "CONTRIBUTING.md", "examples/README.md", "docs/migrating.md", "docs/designs.md", "docs/design-notes.md", "docs/guarantees.md", "docs/mutants.md", "docs/dependencies.md"} {
		text, err := os.ReadFile(filepath.Join(root, doc))
		require.NoError(t, err)
		found := links.FindAllSubmatch(text, -1)
		require.NotEmpty(t, found)
		for _, m := range found {
			_, err := os.Stat(filepath.Join(root, filepath.Dir(doc), string(m[1])))
			assert.NoErrorf(t, err, "%s links to %s", doc, m[1])
		}
	}
}
