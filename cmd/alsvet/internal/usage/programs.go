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

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// programs remembers for each module whether its programs have als/inherit. A
// package cannot see who imports it, and als/inherit is imported where the
// program is: by package main. So this reads the files.
var programs moduleCache

type moduleCache struct {
	mu    sync.Mutex
	roots map[string]bool
}

// inherit reports whether a file of the module that contains the given file, and
// that is no test, imports als/inherit.
func (c *moduleCache) inherit(file string) bool {
	root := moduleRoot(filepath.Dir(file))
	if root == "" {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found, done := c.roots[root]
	if !done {
		found = importsInherit(root)
		if c.roots == nil {
			c.roots = make(map[string]bool)
		}
		c.roots[root] = found
	}
	return found
}

// moduleRoot returns the nearest directory upwards with a go.mod, "" if none.
func moduleRoot(dir string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

func importsInherit(root string) bool {
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
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && fileImports(path, known.Inherit):
			found = true
			return filepath.SkipAll
		}
		return nil
	})
	return found
}

// notPartOf says which directories the go command does not look into.
func notPartOf(path, name string) bool {
	if name == "testdata" || name == "vendor" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return true
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil
}

func fileImports(path, want string) bool {
	text, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(text, []byte(want)) {
		return false
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ImportsOnly)
	if err != nil {
		return false
	}
	for _, spec := range file.Imports {
		if got, err := strconv.Unquote(spec.Path.Value); err == nil && got == want {
			return true
		}
	}
	return false
}
