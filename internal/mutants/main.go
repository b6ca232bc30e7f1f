// Command mutants breaks the code on purpose, one edit at a time, and reports which tests
// notice: the random programs, which compare the code with a model of it, or other tests of
// the packages. Most edits meet the random programs first.
//
//	go run ./internal/mutants                    # what docs/mutants.md counts
//	go run ./internal/mutants -only scope.go     # those whose number or file matches
//	go run ./internal/mutants -programs          # the random programs alone
//
// It runs mutants of assembly for another architecture than the machine's in an emulator of
// Debian's package qemu-user-static.
//
// It fails if a mutant lives that is not known to be equivalent, or if one that is said
// to be equivalent dies.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// A run is one test binary and its arguments.
type run struct {
	by   string // the name for the verdict
	pkg  string
	tags string
	args []string

	// only matches the test files to compile, nil means all: compiling the rest takes
	// longer than running the programs.
	only *regexp.Regexp
}

const (
	byPrograms = "random programs"
	byTests    = "other tests"
	survives   = "survives"
	equivalent = "equivalent"
	byChance   = "by chance"
)

var (
	modelFiles = regexp.MustCompile(`^(model|inherit_o).*_test\.go$`)
	lossFiles  = regexp.MustCompile(`^(loss(_env)?|suite|model.*|inherit_o.*)_test\.go$`)
	programs   = []string{"-test.run", "^TestModel$", "-als.programs", "1500"}

	plainPrograms     = run{by: byPrograms, pkg: "als", tags: "hooks", args: programs, only: modelFiles}
	inheritedPrograms = run{by: byPrograms, pkg: "als", tags: "hooks inherit", args: programs, only: modelFiles}
	hooksPrograms     = run{by: byPrograms, pkg: "hooks", args: []string{"-test.run", "^TestModel$"}}

	alsTests          = run{by: byTests, pkg: "als"}
	alsInheritedTests = run{by: byTests, pkg: "als", tags: "inherit"}
	lossTests         = run{by: byTests, pkg: "als", only: lossFiles, args: []string{"-test.run", "Loss"}}
	asyncTests        = run{by: byTests, pkg: "internal/async"}
	hooksTests        = run{by: byTests, pkg: "hooks"}
	inheritTests      = run{by: byTests, pkg: "als/inherit"}
	inheritanceTests  = run{by: byTests, pkg: "internal/inheritance", tags: "inherit"}
	glsTests          = run{by: byTests, pkg: "gls"}
	lossOwnTests      = run{by: byTests, pkg: "internal/loss"}
	alstestTests      = run{by: byTests, pkg: "als/alstest"}
	alsdebugTests     = run{by: byTests, pkg: "als/alsdebug"}
	identityTests     = run{by: byTests, pkg: "."}
	gTests            = run{by: byTests, pkg: "internal/g"}
	tableTests        = run{by: byTests, pkg: "internal/table"}

	// featureTests are the runs for what the engine offers to observers.
	featureTests = []run{asyncTests, inheritanceTests, inheritedPrograms, plainPrograms, inheritTests, alsInheritedTests, lossOwnTests, lossTests, alsdebugTests}

	// The runs for the mutants of a package or a file, in the order of how soon they
	// notice something.
	suites = map[string][]run{
		"internal/async": {plainPrograms, inheritedPrograms, asyncTests, alsTests, alsInheritedTests, hooksTests, inheritanceTests, inheritTests},
		"internal/table": {
			{by: byPrograms, pkg: "internal/table", args: []string{"-test.run", "^(TestRandomPrograms|FuzzTable)$"}},
			tableTests,
			glsTests,
			// Two goroutines meet in a window of this test by chance, not in each try.
			{by: byTests, pkg: "internal/table", args: []string{"-test.run", "^TestLookUpOvertakenByAMove$", "-test.short=false", "-test.count=10"}},
		},
		"internal/inheritance": {inheritedPrograms, inheritanceTests, inheritTests, alsInheritedTests},
		"internal/labelset":    {inheritanceTests, lossOwnTests, inheritTests, inheritedPrograms},

		".":                 {identityTests, gTests},
		"internal/g":        {gTests, identityTests, tableTests, glsTests},
		"internal/g/labels": {{by: byTests, pkg: "internal/g/labels"}, lossOwnTests, inheritTests},

		"als":            {plainPrograms, inheritedPrograms, alsTests, alsInheritedTests, hooksTests, inheritTests, alsdebugTests},
		"als/inherit":    {inheritTests, inheritedPrograms, alsInheritedTests},
		"gls":            {glsTests},
		"hooks":          {hooksPrograms, plainPrograms, hooksTests},
		"internal/loss":  {lossOwnTests, lossTests, inheritTests, plainPrograms, inheritedPrograms, alsTests, alsInheritedTests},
		"internal/lease": {{by: byTests, pkg: "internal/lease"}, plainPrograms, inheritedPrograms, alsTests, {by: byTests, pkg: "als/alshttp"}},

		"internal/async/homes.go":       {asyncTests, plainPrograms, inheritedPrograms, alsTests},
		"internal/async/tops.go":        {asyncTests, plainPrograms, inheritedPrograms, alsTests},
		"internal/async/covered.go":     {asyncTests, plainPrograms, inheritedPrograms, alsTests, alsInheritedTests, inheritTests},
		"internal/async/extras.go":      {asyncTests, plainPrograms, inheritedPrograms, hooksPrograms, alsTests, hooksTests, alsInheritedTests, inheritTests},
		"internal/async/holders.go":     {asyncTests, alstestTests, alsdebugTests, alsTests},
		"internal/async/key.go":         {asyncTests, plainPrograms, inheritedPrograms, alsTests, alsdebugTests, lossOwnTests, inheritTests},
		"internal/async/leaf.go":        {asyncTests, alsTests, inheritTests, lossTests},
		"internal/async/lookup_arm64.s": {asyncTests, alsTests, inheritTests, inheritedPrograms, plainPrograms},
		"internal/async/lookup.go":      {asyncTests, plainPrograms, inheritedPrograms, alsTests, lossOwnTests, inheritTests},
		"internal/async/nil.go":         {alsTests},
		"internal/async/feature.go":     featureTests,
		"internal/async/label.go":       featureTests,
		"internal/async/room.go":        featureTests,
		"internal/async/observer.go":    {asyncTests, inheritanceTests, inheritedPrograms, inheritTests, alsInheritedTests, lossOwnTests, lossTests, plainPrograms},
		"internal/async/asyncscope.go":  {hooksPrograms, plainPrograms, hooksTests, asyncTests},
		"internal/async/hook.go":        {hooksPrograms, plainPrograms, hooksTests},
		"internal/async/go.go":          {plainPrograms, inheritedPrograms, hooksPrograms, hooksTests, asyncTests, alsTests},
	}
)

// runs returns the runs for a mutant.
func (m mutant) runs() []run {
	if own := suites[m.file]; own != nil {
		return own
	}
	return suites[filepath.Dir(m.file)]
}

func main() {
	log.SetFlags(0)
	only := flag.String("only", ".", "mutants whose number and file match the `regexp`")
	quick := flag.Bool("programs", false, "run the random programs alone")
	limit := flag.Duration("limit", 2*time.Minute, "how long a run may take; one that hangs is noticed")
	flag.Parse()
	matches, err := regexp.Compile(*only)
	if err != nil {
		log.Fatal(err)
	}
	counts := make(map[[2]string]int)
	unexpected := 0
	for i, m := range mutants {
		if !matches.MatchString(fmt.Sprintf("%d %s", i+1, m.file)) {
			continue
		}
		start := time.Now()
		by, test, err := judge(m, *quick, *limit)
		if err != nil {
			log.Printf("mutant %d: %v", i+1, err)
			unexpected++
			continue
		}
		if by == survives && m.equivalent != "" {
			by = equivalent
		}
		if by == survives && m.window != "" {
			by = byChance
		}
		if by == survives || m.equivalent != "" && by != equivalent {
			unexpected++
		}
		counts[[2]string{filepath.Dir(m.file), by}]++
		fmt.Printf("%d %s: %q → %q: %s %s (%.0f s)\n", i+1, m.file, m.anchor, m.with, by, test, time.Since(start).Seconds())
	}
	for _, key := range slices.SortedFunc(maps.Keys(counts), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		fmt.Printf("%s, %s: %d\n", key[0], key[1], counts[key])
	}
	if unexpected > 0 && !*quick {
		log.Fatalf("%d mutants that should die survive, or the other way round", unexpected)
	}
}

// A platform is the architecture to build a mutant for, and how to run what was built.
type platform struct {
	goarch   string
	emulator string // "" if the machine itself can
	slower   time.Duration
}

// emulators are what runs programs of an architecture on a machine of another, as Debian
// names them.
var emulators = map[string]string{
	"amd64":   "qemu-x86_64-static",
	"arm64":   "qemu-aarch64-static",
	"loong64": "qemu-loongarch64-static",
	"ppc64le": "qemu-ppc64le-static",
	"riscv64": "qemu-riscv64-static",
	"s390x":   "qemu-s390x-static",
}

var assembly = regexp.MustCompile(`_(\w+)\.s$`)

// platform returns that of a mutant. A machine for amd64 runs programs for 386, too.
func (m mutant) platform() platform {
	goarch := cmp.Or(m.goarch, runtime.GOARCH)
	if found := assembly.FindStringSubmatch(m.file); found != nil {
		goarch = found[1]
	}
	if goarch == runtime.GOARCH || goarch == "386" {
		return platform{goarch, "", 1}
	}
	return platform{goarch, emulators[goarch], 10}
}

// judge returns the kind of run that notices a mutant, and the test that fails first.
func judge(m mutant, quick bool, limit time.Duration) (by, test string, err error) {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return "", "", err
	}
	defer os.RemoveAll(dir)
	for _, r := range m.runs() {
		if quick && r.by != byPrograms {
			continue
		}
		overlay, err := write(m, r, dir)
		if err != nil {
			return "", "", err
		}
		switch test, err := r.try(m.platform(), overlay, dir, limit); {
		case err != nil:
			return "", "", err
		case test != "":
			return r.by, test, nil
		}
	}
	return survives, "", nil
}

// write writes the mutated file, and an overlay that replaces the original with it and
// leaves out test files that the run does not need.
func write(m mutant, r run, dir string) (overlay string, err error) {
	text, err := os.ReadFile(m.file)
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
	replace := map[string]string{m.file: mutated}
	if r.only != nil {
		files, err := filepath.Glob(r.pkg + "/*_test.go")
		if err != nil {
			return "", err
		}
		for _, name := range files {
			if !r.only.MatchString(filepath.Base(name)) {
				replace[name] = ""
			}
		}
	}
	data, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, data, 0o600)
}

var failed = regexp.MustCompile(`(?m)^(?:--- FAIL: (\w+)|(?:panic|fatal error): .*)`)

// try builds the run's binary with the overlay and returns the first test in it that
// fails, or how it crashes or hangs; "" if all pass.
func (r run) try(on platform, overlay, dir string, limit time.Duration) (test string, err error) {
	binary := filepath.Join(dir, "run.test")
	build := exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-tags", r.tags, "-overlay", overlay, "-o", binary, "./"+r.pkg)
	args := append([]string{binary, "-test.short", "-test.failfast"}, r.args...)
	env := os.Environ()
	if on.goarch != runtime.GOARCH {
		env = append(env, "GOARCH="+on.goarch, "CGO_ENABLED=0")
	}
	if on.emulator != "" {
		args = append([]string{on.emulator}, args...)
		env = append(env, testkit.Emulator+"="+on.emulator)
	}
	build.Env = env
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("it does not compile: %w\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit*on.slower)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = r.pkg, env
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case strings.Contains(string(out), "no tests to run"):
		return "", fmt.Errorf("%s %q: no tests to run", r.pkg, r.args)
	case err == nil:
		return "", nil
	case ctx.Err() != nil:
		return "hangs", nil
	case !errors.As(err, &exit):
		return "", err
	}
	if found := failed.FindStringSubmatch(string(out)); found != nil {
		return cmp.Or(found[1], found[0]), nil
	}
	return err.Error(), nil
}
