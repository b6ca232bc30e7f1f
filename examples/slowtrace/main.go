// Slowtrace writes a trace of a server's slow request, and prints where the request spent
// its time. Package alstrace makes a task of each request and regions of its parts,
// without a ctx.
//
//	go run ./examples/slowtrace
//
// orders twice from a shop, whose bank takes long to answer the second time. First the
// shop asks the bank in a goroutine of a plain go statement, which carries no stores, and
// the trace does not show for which request. Then it asks in a goroutine of als.Go.
//
//	go run ./examples/slowtrace -o .
//	go tool trace slow-*.trace
//
// also leaves the second trace in a directory. Recording needs Go 1.25.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// goPlainly starts a goroutine that has no stores.
func goPlainly(fn func()) { go fn() } //alsvet:ignore it shows what is lost

func run(args []string, stdout, stderr io.Writer) int {
	var dir string
	var wrong bool
	return cli.Program{
		Name:  "slowtrace",
		Shows: "the trace of a slow request says where it spent its time, also in other goroutines",
		Flags: func(f *flag.FlagSet) {
			f.StringVar(&dir, "o", "", "leave the trace in this `directory`")
			f.BoolVar(&wrong, "wrong", false, "have the check use a plain go statement, too, to see it fail")
		},
		Run: func(out io.Writer) ([]string, error) {
			start := als.Go
			if wrong {
				start = goPlainly
			}
			return compare(out, start, dir)
		},
	}.Main(args, stdout, stderr)
}

// compare prints where the slow request spent its time according to the traces, and
// checks the second one.
func compare(out io.Writer, start func(func()), dir string) (problems []string, err error) {
	temporary, err := os.MkdirTemp("", "slowtrace-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temporary)

	slow, err := slowRequest(goPlainly, temporary)
	if err != nil {
		return nil, err
	}
	wrong, _ := part(slow)
	wrong.Wrong(out, "it asks the bank in a goroutine of a plain go statement")

	if dir == "" {
		dir = temporary
	}
	if slow, err = slowRequest(start, dir); err != nil {
		return nil, err
	}
	right, problems := part(slow)
	right.Right(out, "it asks the bank in a goroutine of als.Go")
	fmt.Fprintf(out, "\nChecked: %s\n", cli.Verdict(problems, "the trace says where the slow request spent its time"))
	return problems, nil
}

// part returns a line for the request and for each of its regions, and the problems.
func part(slow request) (p cli.Part, problems []string) {
	add := func(what, got, want string) {
		should := ""
		if got != want {
			should = want
			problems = append(problems, fmt.Sprintf("%s: %s instead of %s", what, got, want))
		}
		p.Add(what+": "+got, should)
	}
	add("the slow request", slow.name, "r-43")
	for _, r := range []struct{ region, want string }{{"stock", "little of the time"}, {"bank", "most of the time"}} {
		add(r.region, describe(slow.share, r.region), r.want)
	}
	return p, problems
}

// describe returns a text about the share of a region that is the same in each run.
func describe(share map[string]float64, region string) string {
	switch s, ok := share[region]; {
	case !ok:
		return "not in its task"
	case s > 0.5:
		return "most of the time"
	}
	return "little of the time"
}
