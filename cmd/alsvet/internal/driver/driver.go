// Package driver runs the analyzers for people and for CI: it calls go vet with the
// program itself as the tool, and prints what that finds as text, JSON or SARIF,
// without what a baseline knows.
package driver

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

// The exit codes.
const (
	Clean  = 0 // nothing was found, or it was printed as JSON or SARIF
	Failed = 1 // the packages could not be analyzed
	Misuse = 2 // of flags
	Found  = 3 // there are findings
)

// Main runs the program and returns its exit code. For -fix it returns the arguments
// that multichecker is to have instead.
func Main(args []string, analyzers []*analysis.Analyzer) (code int, fix []string) {
	o, err := parse(args, analyzers)
	switch {
	case errors.Is(err, flag.ErrHelp):
		o.printUsage(os.Stdout)
		return Clean, nil
	case err != nil:
		return fail(Misuse, err), nil
	case o.fix:
		return 0, o.fixArgs()
	}
	found, err := o.vet()
	if err != nil {
		return fail(Failed, err), nil
	}
	if len(found) == 0 {
		o.sayIfNothingToLookFor()
	}
	if o.baseline != "" {
		b, err := openBaseline(o.baseline, o.writeBaseline)
		if err != nil {
			return fail(Failed, err), nil
		}
		if o.writeBaseline {
			if err := b.write(found); err != nil {
				return fail(Failed, err), nil
			}
			fmt.Fprintf(os.Stderr, "alsvet: %d findings are in %s\n", len(found), o.baseline)
			return Clean, nil
		}
		var gone int
		if found, gone = b.without(found); gone > 0 {
			fmt.Fprintf(os.Stderr, "alsvet: %d findings of %s are gone: write it again with -write-baseline\n", gone, o.baseline)
		}
	}
	switch {
	case o.json:
		err = printJSON(os.Stdout, found)
	case o.sarif:
		err = printSARIF(os.Stdout, found, analyzers)
	default:
		printText(os.Stderr, found, o.context)
		if len(found) > 0 {
			return Found, nil
		}
	}
	if err != nil {
		return fail(Failed, err), nil
	}
	return Clean, nil
}

func fail(code int, err error) int {
	fmt.Fprintln(os.Stderr, "alsvet:", err)
	return code
}

// vet runs go vet and returns what it found.
func (o *options) vet() ([]Finding, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{}
	if o.dir != "" {
		args = append(args, "-C", o.dir)
	}
	args = append(args, "-vettool="+self, "-json")
	args = append(args, o.build...)
	args = append(args, o.analyzers...)
	args = append(args, o.patterns...)
	cmd := exec.Command("go", append([]string{"vet"}, args...)...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	failed := cmd.Run()
	// Before Go 1.26 the findings are in the standard error, between comments.
	found, rest, err := readFindings(stdout.String() + "\n" + stderr.String())
	if err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, fmt.Errorf("go vet: %w\n%s", failed, strings.TrimSpace(rest))
	}
	if rest = strings.TrimSpace(rest); rest != "" {
		fmt.Fprintln(os.Stderr, rest)
	}
	return found, nil
}

// sayIfNothingToLookFor says that no package uses als, where that is so: the
// patterns may be wrong.
func (o *options) sayIfNothingToLookFor() {
	dir := o.dir
	if dir == "" {
		dir, _ = os.Getwd()
	}
	if o.forbids() || usage.UsesALS(usage.Roots(dir)...) {
		return
	}
	cmd := exec.Command("go", append(append([]string{"list", "-e", "-deps"}, o.build...), o.patterns...)...)
	cmd.Dir = o.dir
	out, err := cmd.Output()
	if err != nil {
		return
	}
	for path := range strings.Lines(string(out)) {
		if strings.TrimSpace(path) == known.ALS {
			return
		}
	}
	fmt.Fprintf(os.Stderr, "alsvet: no package of %s uses als: there is nothing to look for\n", strings.Join(o.patterns, " "))
}

// SkipUnit writes empty facts for a unit that go vet only wants facts of and that has
// none, before it is parsed: one of the standard library, whose functions are known by
// name, or one that is too large to be written by hand. It reports whether it did.
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
