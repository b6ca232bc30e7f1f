package usage

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/modfile"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// modules caches for each directory tree whether its packages use als. A package that the
// one with the storage imports does not import als itself, and its goroutines lose stores
// all the same. So this reads the imports of all files.
var modules moduleCache

type moduleCache struct {
	mu    sync.Mutex
	trees map[string]bool
}

// Roots returns the directory of the module that a directory belongs to, and those of
// its workspace; none outside of modules.
func Roots(dir string) []string {
	module := upwards(dir, "go.mod")
	if module == "" {
		return nil
	}
	roots := []string{module}
	work := os.Getenv("GOWORK")
	switch work {
	case "off":
		return roots
	case "":
		if dir := upwards(module, "go.work"); dir != "" {
			work = filepath.Join(dir, "go.work")
		}
	}
	text, err := os.ReadFile(work)
	if err != nil {
		return roots
	}
	file, err := modfile.ParseWork(work, text, nil)
	if err != nil {
		return roots
	}
	var members []string
	member := false
	for _, use := range file.Use {
		path := use.Path
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(work), path)
		}
		member = member || path == module
		members = append(members, path)
	}
	if !member {
		return roots
	}
	return members
}

// upwards returns the nearest directory from dir on that has a file, "" if none.
func upwards(dir, name string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// UsesALS reports whether a file below one of the directories imports als. Tests do not
// count. Directories of other modules are not looked into.
func UsesALS(roots ...string) bool {
	for _, root := range roots {
		if modules.uses(root) {
			return true
		}
	}
	return false
}

func (c *moduleCache) uses(root string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, done := c.trees[root]
	if !done {
		found = treeUses(root)
		if c.trees == nil {
			c.trees = make(map[string]bool)
		}
		c.trees[root] = found
	}
	return found
}

func treeUses(root string) bool {
	found := false
	// What cannot be read imports nothing.
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir():
			if path != root && notPartOf(path, d.Name()) {
				return filepath.SkipDir
			}
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && fileImports(path):
			found = true
			return filepath.SkipAll
		}
		return nil
	})
	return found
}

// notPartOf reports whether the go command leaves out a directory.
func notPartOf(path, name string) bool {
	if name == "testdata" || name == "vendor" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return true
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil
}

func fileImports(path string) bool {
	text, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(text, []byte(known.ALS)) {
		return false
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ImportsOnly)
	if err != nil {
		return false
	}
	for _, spec := range file.Imports {
		got, err := strconv.Unquote(spec.Path.Value)
		if err == nil && (got == known.ALS || strings.HasPrefix(got, known.ALS+"/") && got != known.Inherit) {
			return true
		}
	}
	return false
}

// Requires reports whether the module of a file may import als: its go.mod requires
// the module, or is that module's own.
func Requires(file string) bool {
	dir := upwards(filepath.Dir(file), "go.mod")
	if dir == "" {
		return true // a workspace without modules builds as it can
	}
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err != nil || bytes.Contains(text, []byte(known.Module))
}
