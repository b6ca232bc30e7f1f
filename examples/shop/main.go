// Command shop runs three processes. Every log line and every span has the request that
// it belongs to, although no function of the shop passes a context.Context:
//
//	client -> front (HTTP) -> stock (gRPC, database/sql)
//	                       -> mail  (NATS)
//
// It starts the three processes, a NATS server and an OpenTelemetry receiver, sends
// requests, and checks each log line and each span of each request. Everything listens
// on the loopback interface only.
//
//	GOWORK=off go -C examples/shop run .                          # 2,000 requests from 64 clients
//	GOWORK=off go -C examples/shop run -race . -requests 20000
//	GOWORK=off go -C examples/shop run . -compare 11              # compared with contexts
//
// It is a separate module, outside of the workspace, because the receiver of an
// OpenTelemetry Collector requires some two hundred modules.
package main

import (
	"flag"
	"fmt"
	"os"

	_ "github.com/seed-1938943e/goroutine/als/inherit" // the go statements below are plain ones
)

func main() {
	if role := os.Getenv(roleVariable); role != "" {
		if err := serve(role); err != nil {
			fmt.Fprintln(os.Stderr, role+":", err)
			os.Exit(1)
		}
		return
	}
	var o options
	flag.IntVar(&o.requests, "requests", 2000, "how many requests to send")
	flag.IntVar(&o.clients, "clients", 64, "how many clients send them at the same time")
	flag.IntVar(&o.compare, "compare", 0, "compare with the shop that passes contexts, in this many `rounds`")
	flag.StringVar(&o.picture, "picture", "", "write the trace of the first request to this SVG `file`")
	flag.Parse()
	if flag.NArg() > 0 || o.requests < 1 || o.clients < 1 {
		flag.Usage()
		os.Exit(2)
	}
	run := run
	if o.compare > 0 {
		run = compare
	}
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
