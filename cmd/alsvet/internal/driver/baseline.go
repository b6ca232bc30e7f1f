package driver

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A baseline is a file of findings that are known. A line has a path, relative to the
// file, and a message, without line numbers, so that it stays true when code moves. A
// finding that is there twice has two lines.
type baseline struct {
	path  string
	known map[string]int
}

const baselineHead = "# Findings of alsvet that are not reported: see -baseline.\n"

func openBaseline(path string, write bool) (*baseline, error) {
	b := &baseline{path: path, known: make(map[string]int)}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && write {
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		if line := scanner.Text(); line != "" && !strings.HasPrefix(line, "#") {
			b.known[line]++
		}
	}
	return b, scanner.Err()
}

var lineNumber = regexp.MustCompile(`(\.go):\d+`)

func (b *baseline) line(f Finding) string {
	path := f.File
	if dir, err := filepath.Abs(filepath.Dir(b.path)); err == nil {
		if rel, err := filepath.Rel(dir, f.File); err == nil {
			path = filepath.ToSlash(rel)
		}
	}
	return path + ": " + lineNumber.ReplaceAllString(f.Message, "$1")
}

// without returns the findings that are not known, and how many known ones are gone.
func (b *baseline) without(found []Finding) (rest []Finding, gone int) {
	for _, f := range found {
		line := b.line(f)
		if b.known[line] > 0 {
			b.known[line]--
			continue
		}
		rest = append(rest, f)
	}
	for _, n := range b.known {
		gone += n
	}
	return rest, gone
}

func (b *baseline) write(found []Finding) error {
	var text strings.Builder
	text.WriteString(baselineHead)
	counts := make(map[string]int)
	for _, f := range found {
		counts[b.line(f)]++
	}
	for _, line := range sortedKeys(counts) {
		for range counts[line] {
			fmt.Fprintln(&text, line)
		}
	}
	return os.WriteFile(b.path, []byte(text.String()), 0o644)
}
