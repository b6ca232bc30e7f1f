// Nats is a consumer of messages from a NATS server, which runs in the same process.
// One goroutine has all messages of a subscription, one after the other, so each is
// handled in a Run of its own, with a store made from the message.
//
//	go run ./examples/nats
//
// With -wrong the handler calls EnterWith for messages that say who sent them, and
// the next that does not is taken for that user's.
package main

import (
	"errors"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{Name: "nats", Wrong: "set the store by EnterWith", Run: run}

func main() { program.Main() }

// patience is for a server that does not come up, or does not answer.
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
		return errors.New("the server does not come up")
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

// order sends messages as a user, and as nobody, and reports who the consumer says
// that they are from.
func order(c *users.Check, conn *nats.Conn, name string) error {
	for _, sender := range []string{name, users.Nobody, name} {
		m := nats.NewMsg("orders")
		if sender != users.Nobody {
			m.Header.Set(users.Header, sender)
		}
		answer, err := conn.RequestMsg(m, patience)
		if err != nil {
			return err
		}
		c.Saw("consumer", sender, string(answer.Data))
	}
	return nil
}

func consumer(wrong bool) nats.MsgHandler {
	if wrong {
		return func(m *nats.Msg) {
			if name := m.Header.Get(users.Header); name != "" {
				//alsvet:ignore this is how not to do it
				users.User.EnterWith(name)
			}
			handle(m)
		}
	}
	return func(m *nats.Msg) {
		als.ExecutionContext{}.Run(func() { // whatever an earlier message left
			if name := m.Header.Get(users.Header); name != "" {
				users.User.Run(name, func() { handle(m) })
				return
			}
			handle(m)
		})
	}
}

func handle(m *nats.Msg) { m.Respond([]byte(bill())) }

// bill has no parameter for who orders.
func bill() string { return users.Current() }
