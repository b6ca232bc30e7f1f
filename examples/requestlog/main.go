// Requestlog is the first example of Node's page on asynchronous context tracking
// as a whole program: a server that gives each request an ID, or takes the one in
// X-Request-Id, and logs with it from functions that have no parameter for it.
//
//	go run ./examples/requestlog
//
// starts the server on the loopback interface and prints its log lines of a few requests.
// First a plain go statement loses the ID, and a job that is not bound logs that of
// another request. Then three requests at the same time are logged right:
//
//	order-4    goroutine 31    query cart
//	mail-5     goroutine 33    start
//	mail-5     goroutine 57    deliver
//	later-6    goroutine 32    start
//	order-4    goroutine 31    rows of cart
//
// The ID at the beginning of a line was read from the [als.Storage] at that place. At the
// end 8 clients send 25 requests each over kept connections. Their lines are checked and
// not printed.
//
// For the check each request also has a token, which functions get as a parameter, and
// the response has the ID of the request. The exit status is 0 if every line has the ID
// of its own request and every request has all its lines. Otherwise it is 1, and the
// offending lines are shown.
//
//	go run ./examples/requestlog -lose
//	go run ./examples/requestlog -mix
//
// make one of the mistakes in the check, too, which must fail.
//
//	go run ./examples/requestlog -addr 127.0.0.1:8080
//	curl -i -H 'X-Request-Id: mine' http://127.0.0.1:8080/order/me
//
// serves until SIGINT or SIGTERM, then finishes the requests in progress and stops.
//
// # Node's example, part by part
//
// See https://nodejs.org/docs/latest-v18.x/api/async_context.html#class-asynclocalstorage.
//
//	const asyncLocalStorage        requestID, in log.go
//	logWithId(msg)                 logWithID, in log.go
//	idSeq++                        server.idSeq, in server.go
//	asyncLocalStorage.run          server.withRequestID, in server.go
//	setImmediate                   als.AfterFunc, in server.later
//	"any chain of operations"      server.order with als.Go, server.mail with als.Bind
//	listen(8080)                   server.serve, in serve.go
//	http.get, twice                askAll, in clients.go; drive, in drive.go
//	// Prints: 0: start ...        check, in check.go
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the program. It returns the exit status: 1 for problems and errors, 2 for an
// invalid command line. It must not run twice at a time, because all lines of a process
// go to one console.
func run(args []string, stdout, stderr io.Writer) int {
	o, err := parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		usage(stdout)
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "requestlog: %v (-h shows the flags)\n", err)
		return 2
	}
	if o.addr == "" {
		err = drive(o, stdout)
	} else {
		err = listenAndServe(o, stdout)
	}
	if err != nil {
		fmt.Fprintln(stderr, "requestlog:", err)
		return 1
	}
	return 0
}
