// Package driver is the command line of alsvet. It calls go vet with the program itself
// as the tool, drops the findings in a baseline, and prints the others as text, JSON or
// SARIF, or applies their fixes.
package driver

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/version"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

// The exit codes.
const (
	Clean  = 0 // nothing was found, or it was printed as JSON or SARIF
	Failed = 1 // some packages could not be analyzed, or their fixes not be applied
	Misuse = 2 // wrong flags
	Found  = 3 // there are findings
)

// Main runs the program and returns its exit code.
func Main(args []string, analyzers []*analysis.Analyzer) int {
	if len(args) > 0 && args[0] == "help" {
		return Help(args[1:], os.Stdout, analyzers)
	}
	o, err := parse(args, analyzers)
	switch {
	case errors.Is(err, flag.ErrHelp):
		o.printUsage(os.Stdout, analyzers)
		return Clean
	case err != nil:
		return fail(Misuse, err)
	}
	code, err := o.run(analyzers)
	if err != nil {
		return fail(Failed, err)
	}
	return code
}

func (o *options) run(analyzers []*analysis.Analyzer) (int, error) {
	if o.writeBaseline {
		found, err := o.vet(o.patterns)
		if err != nil {
			return 0, err
		}
		say("%s in %s", count(len(found), "finding"), shortest(o.baseline))
		return Clean, writeBaseline(o.baseline, found)
	}
	found, gone, failed := o.findings()
	if failed != nil && (o.fix || len(found) == 0) {
		return 0, failed
	}
	if gone > 0 {
		say("%s of %s no longer there: write it again with -write-baseline", count(gone, "finding"), shortest(o.baseline))
	}
	switch {
	case o.fix && o.diff:
		return Clean, o.applyFixes(found, os.Stdout)
	case o.fix:
		return Clean, o.applyFixes(found, nil)
	case o.json:
		return Clean, errors.Join(printJSON(os.Stdout, found), failed)
	case o.sarif:
		return Clean, errors.Join(printSARIF(os.Stdout, found, analyzers), failed)
	}
	printText(os.Stderr, found, o.context)
	if len(found) > 0 {
		return Found, failed
	}
	return Clean, nil
}

// findings returns what go vet finds and the baseline does not have, and how many
// findings of the baseline are gone. With an error of go vet it returns the findings in the
// packages that could be analyzed; what is gone is not known then.
func (o *options) findings() (found []Finding, gone int, err error) {
	found, failed := o.vet(o.patterns)
	if failed == nil && len(found) == 0 {
		o.sayIfNothingToLookFor()
	}
	if o.baseline == "" {
		return found, 0, failed
	}
	b, err := openBaseline(o.baseline)
	if err != nil {
		return nil, 0, errors.Join(failed, err)
	}
	if found, gone = b.without(found); failed != nil {
		gone = 0
	}
	return found, gone, failed
}

// say prints a line to standard error.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "alsvet: "+format+"\n", args...) }

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func fail(code int, err error) int {
	say("%v", err)
	return code
}

// vet runs go vet on packages and returns what it found. With an error it returns the
// findings in the packages that could be analyzed.
func (o *options) vet(patterns []string, more ...string) ([]Finding, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := slices.Concat([]string{"vet", "-vettool=" + self, "-json"}, o.build, more, o.analyzers, patterns)
	cmd := exec.Command("go", args...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	failed := cmd.Run()
	// Before Go 1.26 the findings are in the standard error, between comments.
	found, rest, err := readFindings(stdout.String() + "\n" + stderr.String())
	if err != nil {
		return nil, err
	}
	if failed != nil {
		if newer := newerThan(runtime.Version()); newer != "" {
			return nil, fmt.Errorf("built by %s, it cannot read what %s compiles: install alsvet again, with the newer one", runtime.Version(), newer)
		}
		return found, fmt.Errorf("go vet: %w\n%s", failed, strings.TrimSpace(rest))
	}
	if rest = strings.TrimSpace(rest); rest != "" {
		fmt.Fprintln(os.Stderr, rest)
	}
	return found, nil
}

// newerThan returns the version of the go command in use if it is of a newer release than
// a version, which then may not read its export data. Otherwise it returns "".
func newerThan(built string) string {
	out, err := exec.Command("go", "env", "GOVERSION").Output()
	used := strings.TrimSpace(string(out))
	if err != nil || version.Compare(version.Lang(used), version.Lang(built)) <= 0 {
		return ""
	}
	return used
}

// sayIfNothingToLookFor says so if no package uses als: the patterns may be wrong.
func (o *options) sayIfNothingToLookFor() {
	dir, err := os.Getwd()
	if err != nil || o.forbids() || usage.UsesALS(usage.Roots(dir)...) {
		return
	}
	out, err := exec.Command("go", slices.Concat([]string{"list", "-e", "-deps"}, o.build, o.patterns)...).Output()
	if err != nil {
		return
	}
	for path := range strings.Lines(string(out)) {
		if strings.TrimSpace(path) == known.ALS {
			return
		}
	}
	say("no package of %s uses als: there is nothing to look for", strings.Join(o.patterns, " "))
}

// SkipUnit writes empty facts, without parsing the unit, if go vet wants only facts and
// the unit has none: its package is of the standard library, whose functions are known
// by name, or too large to be written by hand. It reports whether it wrote them.
func SkipUnit(config string) bool {
	text, err := os.ReadFile(config)
	if err != nil {
		return false
	}
	var unit struct {
		ImportPath, VetxOutput string
		GoFiles                []string
		VetxOnly               bool
	}
	if json.Unmarshal(text, &unit) != nil || !unit.VetxOnly {
		return false
	}
	size := int64(0)
	for _, file := range unit.GoFiles {
		if info, err := os.Stat(file); err == nil {
			size += info.Size()
		}
	}
	if !flow.IsStandard(unit.ImportPath) && size < flow.MaxSize {
		return false
	}
	return os.WriteFile(unit.VetxOutput, nil, 0o666) == nil
}

func printText(w io.Writer, found []Finding, context int) {
	for _, f := range found {
		fmt.Fprintf(w, "%s: %s\n", f.position(), f.Message)
		if context >= 0 {
			f.printLines(w, context)
		}
	}
}
