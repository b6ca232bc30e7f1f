// Loss loses a store in three ways and shows the three reports of [als.TraceLoss]:
//
//	go run ./examples/loss
//
// A plain go statement, a timer, and a group of a library that has a go statement of
// its own each run work that reads the store "user" and finds none. Each report names
// the line that read and the go statement that lost the store:
//
//	als: goroutine 20 finds no store of storage "user"
//		read at   main.whose (.../examples/loss/ways.go:18)
//		lost at   main.plainGo (.../examples/loss/ways.go:25): plain go statements carry no stores; see als.Go
//
// The program checks that there are these three, each once however often its line
// runs, and no report of the same work done right. If so, the exit
// status is 0, else 1.
//
//	go run ./examples/loss -right
//
// does the work right only: no report.
//
//	ALS_TRACE_LOSS=1 go run ./examples/loss
//
// makes package als print the reports itself, to standard error, in a program without any
// code for them.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	var right bool
	return cli.Program{
		Name:  "loss",
		Shows: "als.TraceLoss reports reads that find no store although the goroutine that caused them had one",
		Flags: func(f *flag.FlagSet) {
			f.BoolVar(&right, "right", false, "do the work of the first part right, too, to see that nothing is reported")
		},
		Run: func(out io.Writer) ([]string, error) {
			lost, kept := traced(func() { lose(right) }), traced(keep)
			var wrongPart, rightPart cli.Part
			for _, loss := range lost {
				for text := range strings.Lines(loss.String()) {
					wrongPart.Add(strings.TrimSuffix(text, "\n"), "")
				}
			}
			wrongPart.Wrong(out, "a go statement, a timer and a library's go statement each lose the store \"user\"")
			rightPart.Add(fmt.Sprintf("%d reports", len(kept)), "")
			rightPart.Right(out, "the same work with als.Go, als.AfterFunc and als.Bind")

			want := wanted
			if right {
				want = nil
			}
			problems := append(compare(lost, want), compare(kept, nil)...)
			fmt.Fprintf(out, "\nReports %d: %s\n", len(lost)+len(kept), cli.Verdict(problems, "each loss once, and nothing else"))
			return problems, nil
		},
	}.Main(args, stdout, stderr)
}
