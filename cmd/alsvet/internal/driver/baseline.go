package driver

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A baseline is a file that lists findings which are not to be reported. Each line has a path,
// relative to the file, and a message without line numbers, so that it still matches when code
// moves. Two equal findings need two lines.
type baseline struct {
	path  string
	known map[string]int
}

const baselineHead = "# Findings of alsvet that are not reported: see -baseline.\n"

func openBaseline(path string) (*baseline, error) {
	b := &baseline{path: path, known: make(map[string]int)}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the baseline %s does not exist: write it with -write-baseline", shortest(path))
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the baseline: %w", err)
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	for n := 1; scanner.Scan(); n++ {
		line := strings.TrimRight(scanner.Text(), " \t\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !strings.Contains(line, ".go: ") {
			return nil, fmt.Errorf("%s:%d: a line of a baseline has a path and a message, not %q", shortest(path), n, line)
		}
		b.known[line]++
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("cannot read the baseline %s: %w", shortest(path), err)
	}
	return b, nil
}

var lineNumber = regexp.MustCompile(`(\.go):\d+`)

func baselineLine(baseline string, f Finding) string {
	path := f.File
	if dir, err := filepath.Abs(filepath.Dir(baseline)); err == nil {
		if rel, err := filepath.Rel(dir, f.File); err == nil {
			path = filepath.ToSlash(rel)
		}
	}
	return path + ": " + lineNumber.ReplaceAllString(f.Message, "$1")
}

// without returns the findings that are not in the baseline, and how many of the
// baseline were not found.
func (b *baseline) without(found []Finding) (rest []Finding, gone int) {
	for _, f := range found {
		line := baselineLine(b.path, f)
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

func writeBaseline(path string, found []Finding) error {
	var lines []string
	for _, f := range found {
		lines = append(lines, baselineLine(path, f)+"\n")
	}
	slices.Sort(lines)
	return os.WriteFile(path, []byte(baselineHead+strings.Join(lines, "")), 0o644)
}
