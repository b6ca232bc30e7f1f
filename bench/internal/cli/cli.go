// Package cli is the program's command line: arguments, output, exit status.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/seed-1938943e/goroutine/bench/internal/child"
	"github.com/seed-1938943e/goroutine/bench/internal/measure"
	"github.com/seed-1938943e/goroutine/bench/internal/report"
	"github.com/seed-1938943e/goroutine/bench/internal/run"
)

// The exit status.
const (
	ok     = 0
	failed = 1 // a measurement or a file failed, or a row is beyond its limit
	wrong  = 2 // the arguments are wrong
)

// Main runs the program and returns its exit status.
func Main(args []string, stdout, stderr io.Writer) int {
	command := ""
	if len(args) > 0 {
		command = args[0]
	}
	var err error
	switch command {
	case child.Argument:
		err = child.Serve()
	case "gate":
		err = runGate(args[1:], stdout, stderr)
	case "readme":
		err = runReadme(args[1:], stdout, stderr)
	case "report":
		err = runReport(args[1:], stdout, stderr)
	case "soak":
		err = runSoak(args[1:], stdout, stderr)
	default:
		err = measureAll(args, stdout, stderr)
	}
	var usage usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return ok
	case errors.As(err, &usage):
		fmt.Fprintln(stderr, "bench:", err)
		return wrong
	}
	fmt.Fprintln(stderr, "bench:", err)
	return failed
}

// A usageError says that an argument is wrong.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// parse parses flags that take no other arguments.
func parse(flags *flag.FlagSet, args []string) error {
	flags.SetOutput(io.Discard) // Main prints the error
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return usageError{err}
	case flags.NArg() > 0:
		return usageError{fmt.Errorf("no such command: %s (the commands are gate, readme, report and soak; without one, bench measures everything)", flags.Arg(0))}
	}
	return nil
}

const usage = `usage: go run ./bench [flags]          measure, print, and write a report
       go run ./bench gate [flags]     compare with limits.json
       go run ./bench readme [flags]   write the README's section from data.json
       go run ./bench report [flags]   write the page and its charts from data.json
       go run ./bench soak [flags]     run random operations and check each read

`

func newFlags(name string, stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.SetOutput(stderr)
		flags.PrintDefaults()
	}
	return flags
}

// options are those of a run.
type options struct {
	json   bool
	filter string
	rounds int
	short  bool
	dir    string
}

// unset is the number of rounds if the flag is not given: the plan's own applies.
const unset = -1

func (o options) plan() (run.Plan, error) {
	p := run.Full
	if o.short {
		p = run.Short
	}
	if o.rounds != unset {
		if o.rounds < measure.LeastRounds {
			return p, tooFewRounds(o.rounds)
		}
		p.Rounds = o.rounds
	}
	if o.filter != "" {
		filter, err := regexp.Compile(o.filter)
		if err != nil {
			return p, usageError{fmt.Errorf("-filter: %w", err)}
		}
		p.Filter = filter
	}
	return p, nil
}

func tooFewRounds(n int) error {
	return usageError{fmt.Errorf("-rounds %d: at least %d are needed for a median and its quartiles", n, measure.LeastRounds)}
}

func measureAll(args []string, stdout, stderr io.Writer) error {
	var o options
	flags := newFlags("bench", stderr)
	flags.BoolVar(&o.json, "json", false, "print the raw data as JSON instead of tables")
	flags.StringVar(&o.filter, "filter", "", "measure the rows whose name matches this `regexp`, such as ^read/; write a report only with -o")
	flags.IntVar(&o.rounds, "rounds", unset, fmt.Sprintf("the `number` of rounds to take medians of; -1 is %d, with -short %d", run.Full.Rounds, run.Short.Rounds))
	flags.BoolVar(&o.short, "short", false, "take less than a minute: fewer rounds, no million goroutines; write a report only with -o")
	flags.StringVar(&o.dir, "o", "", "write the report into this `directory` (default report, beside this program's source)")
	if err := parse(flags, args); err != nil {
		return err
	}
	plan, err := o.plan()
	if err != nil {
		return err
	}
	if o.dir == "" && !o.short && o.filter == "" {
		source, err := sourceDir()
		if err != nil {
			return err
		}
		o.dir = filepath.Join(source, "report")
	}
	if o.dir != "" { // an error here must come before the minutes of measuring
		if err := os.MkdirAll(o.dir, 0o755); err != nil {
			return usageError{fmt.Errorf("-o: %w", err)}
		}
	}
	bar := newBar(stderr)
	r, err := run.Do(plan, bar)
	bar.End()
	if errors.Is(err, run.ErrNothing) {
		return usageError{fmt.Errorf("-filter: %w", err)}
	}
	if err != nil {
		return err
	}
	if o.json {
		text, err := r.JSON()
		if err != nil {
			return err
		}
		if _, err := stdout.Write(text); err != nil {
			return err
		}
	} else if err := report.Text(stdout, r); err != nil {
		return err
	}
	if o.dir == "" {
		return nil
	}
	if err := report.Write(o.dir, r); err != nil {
		return err
	}
	fmt.Fprintln(stderr, "written:", filepath.Join(o.dir, report.PageName))
	return nil
}
