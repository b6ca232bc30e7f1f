// Requestlog is the first example of Node's page on asynchronous context tracking
// as a whole program: a server that gives each request an ID, logs with it from
// places that were never told the ID, and proves that no line has another's.
//
//	go run ./examples/requestlog
//
// starts the server on the loopback interface, drives it with 8 clients that send
// 25 requests each over connections they keep, prints the log as it comes,
//
//	4: c3-0     goroutine 58     start
//	4: c3-0     goroutine 58     query cart
//	5: c5-0     goroutine 59     start
//	1: c0-0     goroutine 55     rows of cart
//	1: c0-0     goroutine 73     query price 2
//	...
//
// and checks it. A line has the ID that was read from the [als.Storage] at that
// place, then, independently of it, the token by which the client asked, which the
// code there has from its caller or its closure, then the goroutine. The client was
// told in the response which ID its token got, so a wrong ID shows. The exit status
// is 0 if every line has the ID of its own request and every request has all its
// lines, 1 and the lines in question if not. (go run itself exits with 1 whenever
// the program does not with 0.)
//
//	go run ./examples/requestlog -lose
//	go run ./examples/requestlog -mix
//
// show what the check finds when a plain go statement loses the store, and when a
// worker that lives longer than a request gets its jobs unbound. (-mix takes two
// jobs to be noticed; the default has 67.)
//
//	go run ./examples/requestlog -addr 127.0.0.1:8080
//	curl -i http://127.0.0.1:8080/order/me
//
// serves until SIGINT or SIGTERM, then answers what it has begun and stops.
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
//	http.get, twice                askAll, in clients.go
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

// run is the program. It returns the exit status: 1 for what went wrong, 2 for a
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
