package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/suite"
)

// names are those of the analyzers.
var names = func() (names []string) {
	for _, a := range suite.Analyzers() {
		names = append(names, a.Name)
	}
	return names
}()

type study struct {
	work   string // where the modules are copied to
	root   string // of goroutine
	alsvet string // the binary
	list   bool
}

// module studies one and prints its row of the table, or only the findings.
func (s *study) module(m module, onlyFindings bool) error {
	dir, packages, err := s.prepare(m, onlyFindings)
	if err != nil {
		return err
	}
	var before map[string]string
	if !onlyFindings {
		before = test(dir, m.skip)
	}
	found, err := s.findings(dir)
	if err != nil {
		return err
	}
	if s.list {
		for _, f := range found {
			fmt.Println(f)
		}
	}
	if onlyFindings {
		return nil
	}
	// The drivers run all analyzers on the same code.
	below, err := s.belowVet(dir)
	if err != nil {
		return err
	}
	if !slices.Equal(found, below) {
		return fmt.Errorf("the drivers disagree:\n%s\nbelow go vet:\n%s", strings.Join(found, "\n"), strings.Join(below, "\n"))
	}
	if err := s.fix(dir); err != nil {
		return err
	}
	left, err := s.findings(dir)
	if err != nil {
		return err
	}
	after := test(dir, m.skip)
	for pkg, result := range before {
		if result == "ok" && after[pkg] != "ok" {
			return fmt.Errorf("%s passed its tests, now: %s", pkg, after[pkg])
		}
	}
	row := fmt.Sprintf("| %s | %d |", strings.Replace(m.name, "@", " ", 1), packages)
	for _, name := range names {
		n := 0
		for _, f := range found {
			if strings.HasPrefix(f[2:], name+" ") {
				n++
			}
		}
		row += fmt.Sprintf(" %d |", n)
	}
	loops := 0
	for _, f := range found {
		if strings.Contains(f, "also works for other callers") {
			loops++
		}
	}
	row += fmt.Sprintf(" %d |", loops)
	fmt.Printf("%s %d | %s; %s |\n", row, len(left), summary(before), summary(after))
	return nil
}

// prepare copies a module and adds the storages, unless that has been done. It returns
// where the module is and how many packages it has. What is fixed is a copy of its own.
func (s *study) prepare(m module, onlyFindings bool) (dir string, packages int, err error) {
	path, _, _ := strings.Cut(m.name, "@")
	dir = filepath.Join(s.work, strings.ReplaceAll(path, "/", "_"))
	if !onlyFindings {
		dir += "_fixed"
		if err := os.RemoveAll(dir); err != nil {
			return "", 0, err
		}
	} else if _, err := os.Stat(dir); err == nil {
		return dir, 0, nil
	}
	if err := s.copy(m.name, dir); err != nil {
		return "", 0, err
	}
	packages, err = addStorages(dir)
	if err != nil {
		return "", 0, err
	}
	return dir, packages, s.require(dir)
}

// copy takes a module from the proxy and copies it to where it can be changed.
func (s *study) copy(module, dir string) error {
	out, err := command(s.work, "go", "mod", "download", "-json", module)
	if err != nil {
		return err
	}
	var download struct{ Dir string }
	if err := json.Unmarshal([]byte(out), &download); err != nil {
		return err
	}
	if err := os.CopyFS(dir, os.DirFS(download.Dir)); err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o755)
		}
		return os.Chmod(path, 0o644)
	})
}

// require makes the module need goroutine.
func (s *study) require(dir string) error {
	for _, args := range [][]string{
		{"mod", "edit", "-go=1.24.0", "-require=github.com/seed-1938943e/goroutine@v0.0.0",
			"-replace=github.com/seed-1938943e/goroutine=" + s.root},
		{"mod", "tidy"},
		{"build", "./..."},
	} {
		if _, err := command(dir, "go", args...); err != nil {
			return err
		}
	}
	return nil
}

// findings runs alsvet alone and returns a line for each finding.
func (s *study) findings(dir string) ([]string, error) {
	out, err := command(dir, s.alsvet, "-json", "./...")
	if err != nil {
		return nil, err
	}
	return lines(dir, out)
}

// belowVet does the same with go vet, which prints a value for each package, between
// comments, to standard error.
func (s *study) belowVet(dir string) ([]string, error) {
	cmd := exec.Command("go", "vet", "-vettool="+s.alsvet, "-json", "./...")
	cmd.Dir, cmd.Env = dir, environment()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go vet: %w\n%s", err, out)
	}
	return lines(dir, string(out))
}

// lines reads one or more JSON values of findings by package and analyzer.
func lines(dir, out string) ([]string, error) {
	var text strings.Builder
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "go: ") {
			text.WriteString(line)
		}
	}
	seen := make(map[string]bool)
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
					mark := "  "
					if len(d.Fixes) > 0 {
						mark = "+ "
					}
					seen[mark+name+" "+strings.TrimPrefix(d.Posn, dir+"/")+": "+d.Message] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(seen)), nil
}

// fix applies the fixes until there are no more, and compiles.
func (s *study) fix(dir string) error {
	for range 5 {
		_, err := command(dir, s.alsvet, "-fix", "./...")
		if err != nil && !strings.Contains(err.Error(), "Re-run the command") {
			return err
		}
		if err == nil {
			break
		}
	}
	_, err := command(dir, "go", "test", "-vet=off", "-run", "^$", "./...")
	return err
}

// test runs the tests of the packages and returns ok, FAIL or none for each.
func test(dir, skip string) map[string]string {
	if skip == "*" {
		return nil
	}
	args := []string{"test", "-vet=off", "-count=1", "-short", "-timeout", "200s"}
	if skip != "" {
		args = append(args, "-skip", skip)
	}
	out, _ := command(dir, "go", append(args, "./...")...) // packages may fail as they did before
	results := make(map[string]string)
	for line := range strings.Lines(out) {
		if fields := strings.Fields(line); len(fields) > 1 {
			switch fields[0] {
			case "ok", "FAIL":
				results[fields[1]] = fields[0]
			}
		}
	}
	return results
}

func summary(results map[string]string) string {
	ok, failed := 0, 0
	for _, result := range results {
		if result == "ok" {
			ok++
		} else {
			failed++
		}
	}
	if failed == 0 {
		return fmt.Sprintf("%d ok", ok)
	}
	return fmt.Sprintf("%d ok, %d fail", ok, failed)
}

func environment() []string {
	// A test of gorilla/websocket seeds math/rand, as it was before Go 1.24.
	return append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GODEBUG=randseednop=0")
}

// command returns the standard output also with an error, which has the rest.
func command(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if dir != "." {
		cmd.Env = environment()
	}
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, out, exit.Stderr)
	}
	return string(out), err
}
