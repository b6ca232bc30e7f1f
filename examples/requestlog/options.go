package main

import (
	"flag"
	"fmt"
	"io"
)

// options are those of the command line.
type options struct {
	addr              string // to serve on; "" to show and check the log
	clients, requests int
	faults            faults
}

// faults are mistakes to make on purpose.
type faults struct {
	lose bool // goroutines are started by go statements, not by als.Go
	mix  bool // jobs are handed to the worker as they are, not bound
}

// With both limits there are a million and a half lines, and 256 connections.
const (
	maxClients  = 256
	maxRequests = 1000
)

func (o *options) flags() *flag.FlagSet {
	f := flag.NewFlagSet("requestlog", flag.ContinueOnError)
	f.SetOutput(io.Discard) // run reports errors, in one line
	f.StringVar(&o.addr, "addr", "", "serve on this `address`, such as 127.0.0.1:8080, until SIGINT or SIGTERM")
	f.IntVar(&o.clients, "clients", 8, "how many clients there are in the check, all at the same time, each with a connection of its own")
	f.IntVar(&o.requests, "requests", 25, "how many requests each client of the check sends, one after the other")
	f.BoolVar(&o.faults.lose, "lose", false, "have the check lose the ID with a plain go statement, too, to see it fail")
	f.BoolVar(&o.faults.mix, "mix", false, "have the check mix up IDs with a worker whose jobs are not bound, too, to see it fail")
	return f
}

func parse(args []string) (options, error) {
	var o options
	f := o.flags()
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if o.clients < 1 || o.clients > maxClients {
		return o, fmt.Errorf("-clients is %d, must be 1 to %d", o.clients, maxClients)
	}
	if o.requests < 1 || o.requests > maxRequests {
		return o, fmt.Errorf("-requests is %d, must be 1 to %d", o.requests, maxRequests)
	}
	var err error
	f.Visit(func(set *flag.Flag) {
		switch {
		case set.Name == "addr" && o.addr == "":
			err = fmt.Errorf("-addr is empty")
		case (set.Name == "clients" || set.Name == "requests") && o.addr != "":
			err = fmt.Errorf("-%s makes no sense with -addr, which waits for clients from outside", set.Name)
		}
	})
	return o, err
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: requestlog [flags]")
	f := new(options).flags()
	f.SetOutput(w)
	f.PrintDefaults()
}
