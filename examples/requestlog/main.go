// Requestlog is the first example of Node's page on asynchronous context tracking
// as a whole program: a server that gives each request an ID, or takes the one that it
// has in X-Request-Id, and logs with it from functions that have no parameter for it.
//
//	go run ./examples/requestlog
//
// starts the server on the loopback interface and prints what it logs of a few requests,
// first with a plain go statement, which loses the ID, and with a job that is given to
// a worker unbound, which logs another request's; then as it should be, of three
// requests at the same time:
//
//	order-4    goroutine 31    query cart
//	mail-5     goroutine 33    start
//	mail-5     goroutine 57    deliver
//	later-6    goroutine 32    start
//	order-4    goroutine 31    rows of cart
//
// The ID in front of a line was read from the [als.Storage] at that place. In the end
// 8 clients send 25 requests each over connections that they keep, whose lines are
// checked and not printed.
//
// For the check each request also has a token, which the code has from its caller or
// its closure, and the response has the ID that the request got. So a wrong ID is
// detected. The exit status is 0 if every line has the ID of its own request and
// every request has all its lines, else 1, and the lines in question are shown. (go run
// itself exits with 1 whenever the program does not with 0.)
//
//	go run ./examples/requestlog -lose
//	go run ./examples/requestlog -mix
//
// make one of the mistakes in the check, too, which must find it.
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

// run is the program. It returns the exit status: 1 for problems and errors, 2 for a
// command line that makes no sense. It must not run twice at a time, because all
// lines of a process go to one console.
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
