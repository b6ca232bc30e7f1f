// Tcpserver is a server with a goroutine per connection. A connection logs in at some
// time, which is what EnterWith is for: from then on its goroutine works for that user,
// until it ends. Each connection starts in a clean context.
//
//	go run ./examples/tcpserver
//
// With -wrong a goroutine of a pool takes one connection after the other, and who does
// not log in is taken for the user before.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{Name: "tcpserver", Wrong: "serve connections from a pool, without a clean context", Run: run}

func main() { program.Main() }

func run(c *users.Check) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &server{listener: l, pooled: c.Wrong}
	served := make(chan error, 1)
	go func() { served <- s.serve() }()

	errs := make(chan error, 2*c.Users)
	c.Each(func(name string) {
		errs <- visit(c, l.Addr().String(), name)
		errs <- visit(c, l.Addr().String(), users.Nobody)
	})
	close(errs)
	for e := range errs {
		err = errors.Join(err, e)
	}
	l.Close()
	return errors.Join(err, <-served)
}

// visit connects, logs in unless it is nobody, and asks twice who it is.
func visit(c *users.Check, address, name string) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	if name != users.Nobody {
		fmt.Fprintf(conn, "login %s\n", name)
	}
	for _, where := range []string{"first", "second"} {
		fmt.Fprintln(conn, "who")
		if !lines.Scan() {
			return errors.Join(errors.New("the connection ended early"), lines.Err())
		}
		c.Saw(where, name, lines.Text())
	}
	return nil
}

type server struct {
	listener net.Listener
	pooled   bool
}

// serve ends when the listener is closed and all connections have ended.
func (s *server) serve() error {
	var connections sync.WaitGroup
	defer connections.Wait()
	pool := make(chan net.Conn) // of one goroutine, so that every connection follows another
	defer close(pool)
	connections.Add(1)
	go func() {
		defer connections.Done()
		for conn := range pool {
			talk(conn)
		}
	}()
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		if s.pooled {
			pool <- conn
			continue
		}
		connections.Add(1)
		go func() { // a plain one: it starts without stores, and takes its own with it
			defer connections.Done()
			talk(conn)
		}()
	}
}

func talk(conn net.Conn) {
	defer conn.Close()
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "login "); ok {
			//alsvet:ignore it is to last as long as the connection, which has this goroutine to itself
			users.User.EnterWith(name)
			continue
		}
		fmt.Fprintln(conn, answer())
	}
}

// answer has no parameter for who asks.
func answer() string { return users.Current() }
