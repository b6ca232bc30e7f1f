// Nats consumes messages of a NATS server that runs in the same process. The client
// calls the handler of a subscription for one message after the other in one
// goroutine, so the consumer handles each message in its own Run.
//
//	go run ./examples/nats
//
// sends messages of which every second one has no sender. First the handler calls
// EnterWith, and a message without a sender is taken for one of the sender before.
package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "nats",
	Shows: "a NATS consumer handles all messages of a subscription in one goroutine, each for the user who sent it",
	Wrong: "the consumer calls EnterWith, which the next message without a sender inherits",
	Right: "each message runs in a clean context, with a store made from its header",
	Run:   run,
}

func main() { program.Main() }

// patience is how long to wait for the server to start, and for an answer.
const patience = 30 * time.Second

func run(c *users.Check) error {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		return err
	}
	go s.Start()
	defer s.WaitForShutdown()
	defer s.Shutdown()
	if !s.ReadyForConnections(patience) {
		return fmt.Errorf("the server has not started within %v", patience)
	}
	conn, err := nats.Connect(s.ClientURL())
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.Subscribe("orders", consumer(c.Wrong)); err != nil {
		return err
	}
	errs := make(chan error, c.Users)
	c.Each(func(name string) { errs <- order(c, conn, name) })
	for range c.Users {
		err = errors.Join(err, <-errs)
	}
	return err
}

// order sends a message as a user, and one without a user, and reports the sender that the
// consumer saw.
func order(c *users.Check, conn *nats.Conn, name string) error {
	for _, sender := range []string{name, users.NoUser} {
		m := nats.NewMsg("orders")
		if sender != users.NoUser {
			m.Header.Set(users.Header, sender)
		}
		answer, err := conn.RequestMsg(m, patience)
		if err != nil {
			return err
		}
		c.Report(sender, fmt.Sprintf("message of %s: the consumer saw %s", sender, answer.Data), string(answer.Data))
	}
	return nil
}

func consumer(wrong bool) nats.MsgHandler {
	if wrong {
		return func(m *nats.Msg) {
			if name := m.Header.Get(users.Header); name != "" {
				//alsvet:ignore this is the wrong way
				users.User.EnterWith(name)
			}
			handle(m)
		}
	}
	return func(m *nats.Msg) {
		als.ExecutionContext{}.Run(func() { // without the stores of an earlier message
			if name := m.Header.Get(users.Header); name != "" {
				users.User.Run(name, func() { handle(m) })
				return
			}
			handle(m)
		})
	}
}

func handle(m *nats.Msg) { m.Respond([]byte(bill())) }

// bill has no parameter for the user.
func bill() string { return users.Current() }
