package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// A finding of alsvet. Its position is relative to the module.
type finding struct {
	analyzer, position, message string
	fix                         bool
}

func (f finding) String() string {
	mark := " "
	if f.fix {
		mark = "+"
	}
	return fmt.Sprintf("%s %s %s: %s", mark, f.analyzer, f.position, f.message)
}

// line returns the position without its column.
func (f finding) line() string { return f.position[:strings.LastIndex(f.position, ":")] }

// findings runs alsvet alone. With an error it returns the findings in the packages that
// could be analyzed.
func (s *study) findings(dir string, packages ...string) ([]finding, error) {
	out, failed := command(dir, s.alsvet, append([]string{"-json"}, packages...)...)
	found, err := readFindings(dir, out)
	return found, errors.Join(failed, err)
}

// belowVet does the same with go vet, which prints a value for each package, between
// comments, to standard error.
func (s *study) belowVet(dir string, packages ...string) ([]finding, error) {
	cmd := exec.Command("go", append([]string{"vet", "-vettool=" + s.alsvet, "-json"}, packages...)...)
	cmd.Dir, cmd.Env = dir, environment()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go vet: %w\n%s", err, out)
	}
	return readFindings(dir, string(out))
}

// readFindings reads one or more JSON values of findings by package and analyzer. What a
// package and its tests both have is one finding.
func readFindings(dir, out string) ([]finding, error) {
	var text strings.Builder
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "go: ") {
			text.WriteString(line)
		}
	}
	var found []finding
	decoder := json.NewDecoder(strings.NewReader(text.String()))
	for decoder.More() {
		var byPackage map[string]map[string]json.RawMessage
		if err := decoder.Decode(&byPackage); err != nil {
			return nil, fmt.Errorf("%w in\n%s", err, out)
		}
		for _, byAnalyzer := range byPackage {
			for name, raw := range byAnalyzer {
				var diagnostics []struct {
					Posn, Message string
					Fixes         []json.RawMessage `json:"suggested_fixes"`
				}
				if err := json.Unmarshal(raw, &diagnostics); err != nil {
					return nil, fmt.Errorf("%s: %s", name, raw)
				}
				for _, d := range diagnostics {
					found = append(found, finding{name, strings.TrimPrefix(d.Posn, dir+"/"), d.Message, len(d.Fixes) > 0})
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b finding) int { return cmp.Compare(a.String(), b.String()) })
	return slices.Compact(found), nil
}
