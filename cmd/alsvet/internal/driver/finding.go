package driver

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Finding is one diagnostic of one analyzer.
type Finding struct {
	Package, Analyzer string
	File              string
	Line, Column      int
	EndLine, EndCol   int
	Message           string
	raw               json.RawMessage // as go vet -json printed it
	fixes             [][]edit
}

// position is the finding's place, with a path relative to the working directory if
// that is shorter.
func (f *Finding) position() string {
	return fmt.Sprintf("%s:%d:%d", shortest(f.File), f.Line, f.Column)
}

func shortest(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}

// printLines prints the finding's line with n lines before and after.
func (f *Finding) printLines(w io.Writer, n int) {
	text, err := os.ReadFile(f.File)
	if err != nil {
		return
	}
	lines := strings.Split(string(text), "\n")
	for i := max(f.Line-n, 1); i <= min(f.Line+n, len(lines)); i++ {
		fmt.Fprintf(w, "%d\t%s\n", i, lines[i-1])
	}
}

// readFindings returns the findings in the output of go vet, and the lines that are no
// JSON. A package and its test variant have findings in common: each is returned once.
func readFindings(out string) (found []Finding, rest string, err error) {
	var value, other strings.Builder
	inside := false
	seen := make(map[string]int)
	for line := range strings.Lines(out) {
		trimmed := strings.TrimRight(line, "\r\n")
		switch {
		case !inside && (trimmed == "{" || trimmed == "{}"):
			inside = trimmed == "{"
			value.Reset()
			value.WriteString(line)
		case inside:
			value.WriteString(line)
			if trimmed == "}" {
				inside = false
				if err := readTree(value.String(), seen, &found); err != nil {
					return nil, "", err
				}
			}
		case !strings.HasPrefix(trimmed, "#"):
			other.WriteString(line)
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return found, other.String(), nil
}

func readTree(text string, seen map[string]int, found *[]Finding) error {
	var tree map[string]map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return fmt.Errorf("the output of go vet: %w", err)
	}
	for pkg, analyzers := range tree {
		for name, raw := range analyzers {
			var diagnostics []json.RawMessage
			if err := json.Unmarshal(raw, &diagnostics); err != nil {
				var failure struct{ Error string }
				if json.Unmarshal(raw, &failure) == nil && failure.Error != "" {
					return fmt.Errorf("%s: %s: %s", pkg, name, failure.Error)
				}
				return fmt.Errorf("the output of go vet: %w", err)
			}
			for _, raw := range diagnostics {
				f, err := readFinding(pkg, name, raw)
				if err != nil {
					return err
				}
				key := fmt.Sprint(f.File, ":", f.Line, ":", f.Column, f.Message)
				if i, again := seen[key]; again {
					if len(f.fixes) > len((*found)[i].fixes) {
						(*found)[i] = f
					}
					continue
				}
				seen[key] = len(*found)
				*found = append(*found, f)
			}
		}
	}
	return nil
}

func readFinding(pkg, analyzer string, raw json.RawMessage) (Finding, error) {
	var d struct {
		Posn, End, Message string
		SuggestedFixes     []struct{ Edits []edit } `json:"suggested_fixes"`
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		return Finding{}, fmt.Errorf("the output of go vet: %w", err)
	}
	path, _, _ := strings.Cut(pkg, " ") // of a test variant
	f := Finding{Package: path, Analyzer: analyzer, Message: d.Message, raw: raw}
	for _, fix := range d.SuggestedFixes {
		f.fixes = append(f.fixes, fix.Edits)
	}
	f.File, f.Line, f.Column = splitPosition(d.Posn)
	_, f.EndLine, f.EndCol = splitPosition(d.End)
	return f, nil
}

// splitPosition splits file:line:column.
func splitPosition(posn string) (file string, line, column int) {
	rest, last, _ := cutLast(posn)
	column = last
	file, line, _ = cutLast(rest)
	return file, line, column
}

func cutLast(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil
}

// printJSON prints the findings in the form of go vet -json, as one value.
func printJSON(w io.Writer, found []Finding) error {
	tree := make(map[string]map[string][]json.RawMessage)
	for _, f := range found {
		if tree[f.Package] == nil {
			tree[f.Package] = make(map[string][]json.RawMessage)
		}
		tree[f.Package][f.Analyzer] = append(tree[f.Package][f.Analyzer], f.raw)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "\t")
	return e.Encode(tree)
}
