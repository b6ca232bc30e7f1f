// Loss loses a store in three ways and shows the three reports of [als.TraceLoss]:
//
//	go run ./examples/loss
//
// A plain go statement, a timer, and a group of a library that has a go statement of
// its own each run work that reads the store "user" and finds none. Each report names
// the line that read and the go statement that lost it:
//
//	als: goroutine 20 finds no store of storage "user"
//		read at   main.whose (.../examples/loss/ways.go:23)
//		lost at   main.plainGo (.../examples/loss/ways.go:29): plain go statements carry no stores; see als.Go
//
// The program checks that there are these three, each once however often its line
// runs, and that nothing is reported of the same work done right. The exit status is
// 0 then, else 1.
//
//	go run ./examples/loss -right
//
// does only what is right: no report.
//
//	ALS_TRACE_LOSS=1 go run ./examples/loss
//
// has package als print the reports itself, to standard error, as it would in a
// program that knows nothing of them.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	var right bool
	return cli.Program{
		Name: "loss",
		Flags: func(f *flag.FlagSet) {
			f.BoolVar(&right, "right", false, "do nothing wrong, to see that nothing is reported")
		},
		Run: func(out io.Writer) ([]string, error) {
			var problems []string
			reports := traced(func() {
				lose(right)
				keep()
			})
			for _, loss := range reports {
				fmt.Fprintln(out, loss)
			}
			want := wanted
			if right {
				want = nil
			}
			problems = compare(reports, want)
			fmt.Fprintf(out, "reports %d: %s\n", len(reports), cli.Verdict(problems, "each loss once, and nothing else"))
			return problems, nil
		},
	}.Main(args, stdout, stderr)
}
