// Tcpserver serves each connection in its own goroutine. A connection logs in at some
// time, which is a case for EnterWith: from then on its goroutine works for that user,
// until the connection ends.
//
//	go run ./examples/tcpserver
//
// logs in on every second connection. First one goroutine serves all connections, and a
// connection without a login is taken for one of the user before.
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

var program = users.Program{
	Name:  "tcpserver",
	Shows: "a connection logs in once, with EnterWith, and its goroutine works for that user until it ends",
	Wrong: "one goroutine of a pool serves all connections, and keeps the last login",
	Right: "each connection has a new goroutine, which starts without stores",
	Run:   run,
}

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
		errs <- visit(c, l.Addr().String(), users.NoUser)
	})
	close(errs)
	for e := range errs {
		err = errors.Join(err, e)
	}
	l.Close()
	return errors.Join(err, <-served)
}

// visit connects, logs in unless name is NoUser, and asks the server for its user.
func visit(c *users.Check, address, name string) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	if name != users.NoUser {
		fmt.Fprintf(conn, "login %s\n", name)
	}
	fmt.Fprintln(conn, "who")
	if !lines.Scan() {
		return errors.Join(errors.New("the connection ended early"), lines.Err())
	}
	c.Report(name, fmt.Sprintf("connection of %s: the server saw %s", name, lines.Text()), lines.Text())
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
	pool := make(chan net.Conn) // one goroutine, so that every connection follows another
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
		go func() { // starts without stores
			defer connections.Done()
			talk(conn)
		}()
	}
}

func talk(conn net.Conn) {
	defer conn.Close()
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "login "); ok {
			//alsvet:ignore the store lasts as long as the connection, which owns this goroutine
			users.User.EnterWith(name)
			continue
		}
		fmt.Fprintln(conn, answer())
	}
}

// answer has no parameter for the user.
func answer() string { return users.Current() }
