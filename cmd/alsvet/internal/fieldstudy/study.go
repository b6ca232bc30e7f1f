package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
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
}

// whole studies all of a module, in a copy of its own, and prints its row of the table.
func (s *study) whole(m module) error {
	dir, err := s.prepareAnew(m)
	if err != nil {
		return err
	}
	if _, err := command(dir, "go", append([]string{"build"}, m.packages...)...); err != nil {
		return err
	}
	before := test(dir, m)
	found, err := s.findings(dir, m.packages...)
	if err != nil {
		return err
	}
	// The drivers run all analyzers on the same code.
	below, err := s.belowVet(dir, m.packages...)
	if err != nil {
		return err
	}
	if !slices.Equal(found, below) {
		return fmt.Errorf("the drivers disagree:\n%s\nbelow go vet:\n%s", lines(found), lines(below))
	}
	if err := s.fix(dir, m.packages...); err != nil {
		return err
	}
	left, err := s.findings(dir, m.packages...)
	if err != nil {
		return err
	}
	after := test(dir, m)
	for pkg, result := range before {
		if result == "ok" && after[pkg] != "ok" {
			return fmt.Errorf("%s passed its tests, now: %s", pkg, after[pkg])
		}
	}
	packages, err := countPackages(dir, m)
	if err != nil {
		return err
	}
	row := fmt.Sprintf("| %s %s | %d |", m.path, m.version, packages)
	for _, name := range names {
		row += fmt.Sprintf(" %d |", count(found, func(f finding) bool { return f.analyzer == name }))
	}
	loops := count(found, func(f finding) bool { return strings.Contains(f.message, "also works for other callers") })
	fmt.Printf("%s %d | %d | %s; %s |\n", row, loops, len(left), summary(before), summary(after))
	return nil
}

func printHead() {
	fmt.Println("| module | packages | " + strings.Join(names, " | ") + " | loops among them | left after -fix | tests, before and after |")
	fmt.Println("|---|---|" + strings.Repeat("---|", len(names)+3))
}

func count(found []finding, is func(finding) bool) (n int) {
	for _, f := range found {
		if is(f) {
			n++
		}
	}
	return n
}

func lines(found []finding) string {
	var text strings.Builder
	for _, f := range found {
		fmt.Fprintln(&text, f)
	}
	return text.String()
}

func countPackages(dir string, m module) (int, error) {
	out, err := command(dir, "go", append([]string{"list"}, m.packages...)...)
	return strings.Count(out, "\n"), err
}

// fix applies the fixes, and compiles.
func (s *study) fix(dir string, packages ...string) error {
	if _, err := command(dir, s.alsvet, append([]string{"-fix"}, packages...)...); err != nil {
		return err
	}
	_, err := command(dir, "go", append([]string{"test", "-vet=off", "-run", "^$"}, packages...)...)
	return err
}

// test runs the tests of the packages and returns ok, FAIL or none for each.
func test(dir string, m module) map[string]string {
	if !m.hasTests() {
		return nil
	}
	args := []string{"test", "-vet=off", "-count=1", "-short", "-timeout", "200s"}
	out, _ := command(dir, "go", append(args, m.packages...)...) // packages may fail as they did before
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
	return append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly", "GODEBUG=randseednop=0")
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
