// Eventemitter shows in which context the listener of an event runs: in the
// emitter's, unless it was bound when it was registered.
//
//	go run ./examples/eventemitter
//
// starts an HTTP server on the loopback interface. Each connection and each request is
// an async resource with a store. A request is also an [EventEmitter]. It emits 'close',
// in the scope of the connection, when it was answered or the client has hung up. As on
// Node's page the handler registers two listeners and binds one with [hooks.Bind]. A
// client sends three requests and hangs up on the last, first to a server that does not
// bind the listener, then to one that does:
//
//	request 1 was answered: bound listener in request 1, in 19, caused by 18 (goroutine 43)
//	request 1 was answered: plain listener in connection 1, in 11, caused by 1 (goroutine 43)
//	...
//	request 3 was hung up on: bound listener in request 3, in 21, caused by 20 (goroutine 50)
//
// Then several clients do so at the same time. The program checks that the bound
// listeners see the store of their request, their own [hooks.ExecutionAsyncID] and the
// request's as [hooks.TriggerAsyncID], that the plain ones see those of the connection,
// and that the log of a [hooks.Hook] is balanced. If so, the exit status is 0. Otherwise
// it is 1, and the offending lines are shown.
//
//	go run ./examples/eventemitter -unbound
//
// binds no listener in the check either, to show that it fails.
//
// # Node's example, part by part
//
// See https://nodejs.org/docs/latest-v18.x/api/async_context.html#integrating-asyncresource-with-eventemitter.
//
//	createServer, listen(3000)                  drive, in server.go
//	req                                         incoming
//	req.on('close', AsyncResource.bind(fn))     server.handle
//	req.on('close', fn)                         server.handle
//	res.end()                                   the handler returns
//	"the scope that caused 'close' to emit"     connection, in server.go
//	EventEmitter                                EventEmitter, in emitter.go
package main

import (
	"flag"
	"io"
	"os"

	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// options are those of the command line.
type options struct {
	clients, requests int

	unbound bool // a mistake to make on purpose
}

// run is the program. It must not run twice at a time, because hooks are called for
// the whole process.
func run(args []string, stdout, stderr io.Writer) int {
	var o options
	return cli.Program{
		Name:  "eventemitter",
		Shows: "a listener runs in the context of the emitter, unless it was bound when it was registered",
		Flags: func(f *flag.FlagSet) {
			f.IntVar(&o.clients, "clients", 3, "how many clients there are in the check, all at the same time")
			f.IntVar(&o.requests, "requests", 4, "how many requests each client sends, one after the other")
			f.BoolVar(&o.unbound, "unbound", false, "register listeners unbound on purpose, to see the check fail")
		},
		Check: func() error {
			if err := cli.InRange("clients", o.clients, 1, 100); err != nil {
				return err
			}
			return cli.InRange("requests", o.requests, 1, 1000)
		},
		Run: func(out io.Writer) ([]string, error) { return drive(o, out) },
	}.Main(args, stdout, stderr)
}
