package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

// A reply is what a client knows in the end: what it asked for, by which token, and
// which ID the server says it gave to that.
type reply struct {
	what, token string
	id          int
}

// asked is what the clients ask for, in turns.
var asked = []string{"order", "mail", "later"}

// drive starts a server, has clients ask it, and checks what it logged.
func drive(o options, stdout io.Writer) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	console.reset(stdout, true)
	s := newServer(o.faults)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.serve(ctx, ln) }()

	replies, err := askAll("http://"+ln.Addr().String(), o.clients, o.requests)
	stop()
	if err := errors.Join(err, <-served); err != nil {
		return err
	}
	lines := console.kept()
	problems := check(lines, replies)
	fmt.Fprintln(stdout, summary(lines, replies, s.connections.Load(), len(problems)))
	return cli.AsError(problems)
}

// askAll has n clients send that many requests each, all at the same time. It
// returns all replies, or the first error.
func askAll(url string, n, requests int) ([]reply, error) {
	var (
		replies = make([]reply, n*requests)
		errs    = make([]error, n)
		done    sync.WaitGroup
	)
	for c := range n {
		done.Add(1)
		go func() {
			defer done.Done()
			errs[c] = ask(url, c, replies[c*requests:(c+1)*requests])
		}()
	}
	done.Wait()
	for c, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("client %d: %w", c, err)
		}
	}
	return replies, nil
}

// ask is one client. It fills replies by asking for one after the other.
func ask(url string, client int, replies []reply) error {
	transport := new(http.Transport) // its own, and so is the connection
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport, Timeout: time.Minute}
	for i := range replies {
		what, token := asked[(client+i)%len(asked)], fmt.Sprintf("c%d-%d", client, i)
		id, err := get(c, url+"/"+what+"/"+token)
		if err != nil {
			return err
		}
		replies[i] = reply{what, token, id}
	}
	return nil
}

// get returns the ID of the answer.
func get(c *http.Client, url string) (id int, err error) {
	resp, err := c.Get(url)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	// A connection is used again only if the answer was read to its end.
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0, err
	}
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("get %s: %s", url, resp.Status)
	}
	if id, err = strconv.Atoi(resp.Header.Get("X-Request-Id")); err != nil {
		return 0, fmt.Errorf("get %s: the answer has no ID: %w", url, err)
	}
	return id, nil
}
