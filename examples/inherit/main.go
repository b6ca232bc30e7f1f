// Inherit shows what a plain go statement carries in a program that imports
// als/inherit, and where a goroutine that outlives its request must not:
//
//	go run ./examples/inherit
//
// sends two requests, alice's and bob's, over one connection of an http.Transport,
// and gives two tasks, alice's and bob's, to a worker that alice has started. Each
// line says which store was read where:
//
//	part        for    where                 saw        what was read, or where
//	connection  bob    GotConn               bob        on the caller's goroutine
//	connection  bob    GotFirstResponseByte  no user    on a goroutine of the connection
//	connection  bob    GotFirstResponseByte  bob        the same callback, bound
//	worker      bob    task                  alice      a store of a plain Storage
//	worker      bob    task                  no user    the same with RevokeOnEnd
//	worker      bob    task                  bob        the same, bound
//
// The goroutines of the connection are detached, so they never show alice's store to
// bob. The worker is not detached: it shows the gap and the two remedies. The program
// checks that every line is as documented. If so, the exit status is 0, else 1.
//
//	ALS_INHERIT=off go run ./examples/inherit
//
// runs without inheritance, where the check finds that the plain go statement of the
// worker carries nothing.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	_ "github.com/seed-1938943e/goroutine/als/inherit"
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	return cli.Program{
		Name:  "inherit",
		Shows: "with als/inherit plain go statements carry stores, except to goroutines that serve many requests",
		Flags: func(*flag.FlagSet) {},
		Run: func(out io.Writer) ([]string, error) {
			var l sightings
			if err := useConnection(&l); err != nil {
				return nil, err
			}
			useWorker(&l)
			fmt.Fprintf(out, "\n"+columns, "part", "for", "where", "saw", "what was read, or where")
			problems := l.print(out)
			fmt.Fprintf(out, "\n%s\n", cli.Verdict(problems, "all work saw what the documentation says"))
			return problems, nil
		},
	}.Main(args, stdout, stderr)
}
