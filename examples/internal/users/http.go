package users

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// Header is the header of a request that names the sender. A request without it has no
// user.
const Header = "X-User"

// Page returns the answer of the servers of the examples: the users that the handler and
// a goroutine that it starts work for. It has no parameter for the user.
func Page() string {
	below := make(chan string)
	als.Go(func() { below <- Current() })
	return fmt.Sprintf("handler %q goroutine %q\n", Current(), <-below)
}

// OverHTTP runs a server on the loopback interface. For each user it sends a request, and
// then one without a user, over kept connections that all users share. It reports the
// sightings in the answers. stop ends serve.
func (c *Check) OverHTTP(serve func(net.Listener) error, stop func() error) (err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- serve(l) }()
	defer func() {
		stopped := stop()
		if e := <-served; !errors.Is(e, http.ErrServerClosed) && !errors.Is(e, net.ErrClosed) {
			stopped = errors.Join(stopped, e)
		}
		err = errors.Join(err, stopped)
	}()

	connections := 2
	if c.InTurn() {
		connections = 1
	}
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	url := "http://" + l.Addr().String() + "/work"
	var errs []error
	var mu sync.Mutex
	c.Each(func(name string) {
		for _, sender := range []string{name, NoUser} {
			if e := c.ask(client, url, sender); e != nil {
				mu.Lock()
				errs = append(errs, e)
				mu.Unlock()
			}
		}
	})
	return errors.Join(errs...)
}

func (c *Check) ask(client *http.Client, url, sender string) error {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	if sender != NoUser {
		r.Header.Set(Header, sender)
	}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answer: %s", resp.Status)
	}
	var handler, below string
	if _, err := fmt.Fscanf(resp.Body, "handler %q goroutine %q\n", &handler, &below); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil { // or the connection is not used again
		return err
	}
	c.Report(sender, fmt.Sprintf("request of %s: handler saw %s, its goroutine %s", sender, handler, below), handler, below)
	return nil
}

// ServeHTTP is OverHTTP with an http.Server for h.
func (c *Check) ServeHTTP(h http.Handler) error {
	s := &http.Server{Handler: h}
	return c.OverHTTP(s.Serve, s.Close)
}
