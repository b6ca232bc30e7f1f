// Command mutants breaks the code on purpose, one edit at a time, and reports which tests
// notice: first the random programs, which compare the code with a model of it, then all
// tests of the packages.
//
//	go run ./internal/mutants                    # what docs/mutants.md shows
//	go run ./internal/mutants -only scope.go     # those whose file or number matches
//	go run ./internal/mutants -programs          # the random programs alone
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A run is one call of go test.
type run struct {
	name string
	args []string
}

// programs are the random programs of the engine.
var programs = []run{
	{"model", []string{"-run", "^TestModel$", "./als"}},
	{"model, inheriting", []string{"-tags", "inherit", "-run", "^TestModel$", "./als"}},
}

// tablePrograms are those of the table.
var tablePrograms = []run{
	{"table", []string{"-run", "^(TestConcurrentLives|TestSweepInDoubtAgainst.*|Fuzz.*)$", "./internal/table"}},
	{"histories", []string{"./internal/table/linear"}},
}

// tests are all tests of the packages.
var tests = []run{
	{"tests", []string{"./internal/async", "./internal/table", "./internal/inheritance", "./gls", "./als", "./hooks", "./als/inherit"}},
	{"tests, inheriting", []string{"-tags", "inherit", "./als", "./hooks"}},
}

// A verdict says what a run has made of a mutant.
type verdict int

const (
	survives verdict = iota
	killed
	invalid // it does not compile
)

func main() {
	log.SetFlags(0)
	only := flag.String("only", ".", "mutants whose number and file match the `regexp`")
	quick := flag.Bool("programs", false, "run the random programs alone")
	limit := flag.Duration("limit", 3*time.Minute, "how long a run may take; one that hangs is noticed")
	flag.Parse()
	matches, err := regexp.Compile(*only)
	if err != nil {
		log.Fatal(err)
	}
	counts := make(map[string]int)
	for i, m := range mutants {
		if !matches.MatchString(fmt.Sprintf("%d %s", i+1, m.file)) {
			continue
		}
		by, err := judge(m, *quick, *limit)
		if err != nil {
			log.Fatalf("mutant %d: %v", i+1, err)
		}
		counts[by]++
		fmt.Printf("| %d | %s | `%s` → `%s` | %s |\n", i+1, m.file, oneLine(m.anchor), oneLine(m.with), by)
	}
	fmt.Println()
	for by, n := range counts {
		fmt.Printf("%s: %d\n", by, n)
	}
}

// oneLine returns code without its line ends and indentation, for a cell of a table.
func oneLine(code string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(code), " "), "|", "\\|")
}

// judge returns the name of the first run that notices a mutant.
func judge(m mutant, quick bool, limit time.Duration) (by string, err error) {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	overlay, err := write(m, dir)
	if err != nil {
		return "", err
	}
	runs := programs
	if strings.HasPrefix(m.file, "internal/table/") {
		runs = tablePrograms
	}
	if !quick {
		runs = slices.Concat(runs, tests)
	}
	for _, r := range runs {
		switch v, out := try(r, overlay, limit); v {
		case killed:
			return r.name, nil
		case invalid:
			return "", fmt.Errorf("%s does not compile: %s", m.file, out)
		}
	}
	if m.equivalent != "" {
		return "equivalent: " + m.equivalent, nil
	}
	return "survives", nil
}

// write writes a mutant's file and the overlay that puts it in the place of ours.
func write(m mutant, dir string) (overlay string, err error) {
	source, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(source)
	if err != nil {
		return "", err
	}
	if n := bytes.Count(text, []byte(m.anchor)); n != 1 {
		return "", fmt.Errorf("%s has its anchor %d times", m.file, n)
	}
	mutated := filepath.Join(dir, filepath.Base(m.file))
	if err := os.WriteFile(mutated, bytes.Replace(text, []byte(m.anchor), []byte(m.with), 1), 0o600); err != nil {
		return "", err
	}
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {source: mutated}})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, replace, 0o600)
}

func try(r run, overlay string, limit time.Duration) (verdict, string) {
	ctx, cancel := context.WithTimeout(context.Background(), limit+time.Minute)
	defer cancel()
	args := append([]string{"test", "-short", "-vet=off", "-timeout", limit.String(), "-overlay", overlay}, r.args...)
	out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return survives, ""
	case bytes.Contains(out, []byte("[build failed]")) || !errors.As(err, &exit):
		return invalid, string(out)
	}
	return killed, ""
}
