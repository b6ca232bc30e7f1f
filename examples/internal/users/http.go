package users

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// Header is the header of a request that says who sends it. One without is from
// nobody.
const Header = "X-User"

// Page is what the servers of the examples answer: who the handler, and a goroutine
// that it starts, worked for. It has no parameter for that.
func Page() string {
	below := make(chan string)
	als.Go(func() { below <- Current() })
	return fmt.Sprintf("handler %s\ngoroutine %s\n", Current(), <-below)
}

// OverHTTP runs a server on the loopback interface, has each user, and then nobody,
// send it some requests over a few connections that are kept, and reports what the
// answers say that the handlers saw. stop ends serve.
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

	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 2}}
	defer client.CloseIdleConnections()
	url := "http://" + l.Addr().String() + "/work"
	var errs []error
	var mu sync.Mutex
	c.Each(func(name string) {
		for _, sender := range []string{name, Nobody, name} {
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
	if sender != Nobody {
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
	return c.lines(resp.Body, sender)
}

// lines reports what a Page says.
func (c *Check) lines(page io.Reader, sender string) error {
	lines := bufio.NewScanner(page)
	n := 0
	for ; lines.Scan(); n++ {
		where, saw, ok := strings.Cut(lines.Text(), " ")
		if !ok {
			return fmt.Errorf("answer: unexpected line %q", lines.Text())
		}
		c.Saw(where, sender, saw)
	}
	if n == 0 {
		return errors.New("answer: empty")
	}
	return lines.Err()
}

// ServeHTTP is OverHTTP with an http.Server for a handler.
func (c *Check) ServeHTTP(h http.Handler) error {
	s := &http.Server{Handler: h}
	return c.OverHTTP(s.Serve, s.Close)
}
