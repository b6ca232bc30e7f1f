// Inspector asks a running server which request its goroutines work for:
//
//	go run ./examples/inspector
//
// Three requests wait for a bank that does not answer. Each has started a goroutine that
// asks the bank. The second has also started an audit that never ends. The program reads
// /debug/als/ as an operator would: which request has which goroutines, what they wait
// for, what started them. Then the bank answers, the requests end, and the page still
// shows the audit, with the store of a request that has ended.
//
// The program checks the page. If it is as expected the exit status is 0, else 1.
//
//	go run ./examples/inspector -unlabelled
//
// uses a storage without a Label: the page does not show which request it is, and the
// check fails.
//
//	go run ./examples/inspector -listen localhost:6060
//
// leaves the requests waiting and the page open for a browser, until it is interrupted.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	var unlabelled bool
	var address string
	return cli.Program{
		Name:  "inspector",
		Shows: "a page of the running program says which request a goroutine works for",
		Flags: func(f *flag.FlagSet) {
			f.BoolVar(&unlabelled, "unlabelled", false, "use a storage without a Label, to see the check fail")
			f.StringVar(&address, "listen", "", "serve the page at this address until interrupted, instead of reading it")
		},
		Run: func(out io.Writer) ([]string, error) {
			bank := newBank()
			shop := newShop(bank, !unlabelled)
			if address != "" {
				listener, err := net.Listen("tcp", address)
				if err != nil {
					return nil, err
				}
				for _, id := range requests {
					als.Go(func() { ask(shop, id) })
				}
				fmt.Fprintf(out, "http://%s/debug/als/\n", listener.Addr())
				return nil, http.Serve(listener, shop)
			}
			server := httptest.NewServer(shop)
			defer server.Close()
			defer bank.end()
			defer bank.answer()
			return check(out, server.URL, bank)
		},
	}.Main(args, stdout, stderr)
}

var errNoLabels = errors.New("this build shows no labels: it has the race detector, or its platform does not say which goroutines are parked")
