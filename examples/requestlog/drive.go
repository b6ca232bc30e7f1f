package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

// drive prints the log lines of a few requests, with mistakes and without, and checks
// those of many.
func drive(o options, stdout io.Writer) error {
	fmt.Fprintln(stdout, "requestlog: every line that a server logs has the ID of its request, and no function has a parameter for it")
	fmt.Fprintln(stdout, "\nA line is the ID, the goroutine that logged, and what it logged. The server is on the loopback interface.")

	wrong, err := observe(newServer(faults{lose: true, mix: true}), [][]wish{
		{{"mail", "m", "mail-1"}, {"order", "o", "order-2"}, {"mail", "n", "mail-3"}},
	})
	if err != nil {
		return err
	}
	wrong.part(true).Wrong(stdout, "a plain go statement loses the ID of order-2; "+
		"a job that is not bound logs the ID of mail-1, which started the worker")

	s := newServer(faults{})
	s.together = new(sync.WaitGroup)
	s.together.Add(3)
	right, err := observe(s, [][]wish{{{"order", "o", "order-4"}}, {{"mail", "m", "mail-5"}}, {{"later", "l", "later-6"}}})
	if err != nil {
		return err
	}
	right.part(false).Right(stdout, "three requests at the same time, with als.Go, als.AfterFunc and als.Bind")

	many, err := observe(newServer(o.faults), wishes(o.clients, o.requests))
	if err != nil {
		return err
	}
	problems := append(right.problems(), many.problems()...)
	if len(wrong.problems()) == 0 {
		problems = append(problems, "the mistakes went unnoticed, so the check shows nothing")
	}
	fmt.Fprintf(stdout, "\n%s: %s\n", many.summary(), cli.Verdict(problems, "every line has the ID of its own request"))
	return cli.AsError(problems)
}

// observed has the lines of a server and the replies to its clients.
type observed struct {
	lines       []line
	replies     []reply
	connections int64
}

// observe runs a server and its clients, and stops it.
func observe(s *server, clients [][]wish) (*observed, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	console.reset(nil)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	served := make(chan error, 1)
	als.Go(func() { served <- s.serve(ctx, ln) })

	replies, err := askAll("http://"+ln.Addr().String(), clients)
	stop()
	if err := errors.Join(err, <-served); err != nil {
		return nil, err
	}
	return &observed{console.kept(), replies, s.connections.Load()}, nil
}

// problems returns the problems of the lines.
func (o *observed) problems() []string { return check(o.lines, o.replies) }

// part returns the lines, or only those with the wrong ID, and which ID they should have.
func (o *observed) part(onlyWrong bool) *cli.Part {
	ids := make(map[string]string) // by token
	for _, r := range o.replies {
		ids[r.token] = r.id
	}
	var p cli.Part
	for _, l := range o.lines {
		should := ""
		if l.id != ids[l.token] {
			should = ids[l.token]
		}
		if should != "" || !onlyWrong {
			p.Add(l.String(), should)
		}
	}
	return &p
}
