package structure

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	required = regexp.MustCompile(`(?m)^\s*(?:require )?([\w.-]+\.\w+/\S+) v\S+$`) // without a comment: direct
	tableRow = regexp.MustCompile("(?m)^\\| `(\\S+)` \\| (`.*`) \\| .{5,} \\|$")
)

// TestDependenciesHaveAReason compares what the modules of the repository require with
// the tables of docs/dependencies.md.
func TestDependenciesHaveAReason(t *testing.T) {
	used := map[string][]string{} // by required module, the directories of those that require it
	require.NoError(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || path != root && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if d.Name() != "go.mod" {
			return nil
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		require.NoError(t, err)
		text, err := os.ReadFile(path)
		for _, m := range required.FindAllStringSubmatch(string(text), -1) {
			if name := m[1]; name != module && !strings.HasPrefix(name, module+"/") {
				used[name] = append(used[name], filepath.ToSlash(dir))
			}
		}
		return err
	}))
	require.Greater(t, len(used), 20)

	text, err := os.ReadFile(filepath.Join(root, "docs", "dependencies.md"))
	require.NoError(t, err)
	explained := map[string][]string{}
	for _, row := range tableRow.FindAllStringSubmatch(string(text), -1) {
		explained[row[1]] = strings.Split(strings.ReplaceAll(row[2], "`", ""), ", ")
	}
	for name, dirs := range used {
		slices.Sort(dirs)
		assert.Equal(t, dirs, explained[name], "docs/dependencies.md: the modules that require %s", name)
	}
	for name := range explained {
		assert.Contains(t, used, name, "docs/dependencies.md lists a module that none requires")
	}
}
