// Package child runs parts of a measurement in other processes: systems that may
// crash, systems that change the whole program, memory, clients.
//
// A child is the same binary, or another that calls [Serve], started with the
// argument [Argument]. It answers calls on its standard input and output.
package child

import (
	"fmt"
	"io"
	"net/rpc"
	"os"
	"time"

	"github.com/seed-1938943e/goroutine/bench/internal/measure"
	"github.com/seed-1938943e/goroutine/bench/internal/ops"
	"github.com/seed-1938943e/goroutine/bench/internal/server"
)

// Argument is the first argument of a child.
const Argument = "child"

// Serve answers the parent's calls until the parent closes the connection.
func Serve() error {
	conn := pipe{os.Stdin, os.Stdout}
	os.Stdout = os.Stderr // the output of a library is no answer
	s := rpc.NewServer()
	if err := s.Register(new(Worker)); err != nil {
		return err
	}
	s.ServeConn(conn)
	return nil
}

type pipe struct {
	io.ReadCloser
	io.WriteCloser
}

func (p pipe) Close() error {
	p.ReadCloser.Close()
	return p.WriteCloser.Close()
}

// A Worker has the methods that the parent calls, in the form that net/rpc needs.
type Worker struct{ turn measure.Turn }

// An Operation names an implementation.
type Operation struct {
	Row    string
	System ops.System
}

func (o Operation) find() (ops.Impl, error) {
	for _, q := range [][]ops.Question{ops.Questions(smallCrowd), {{Rows: ops.Parked()}}} {
		if _, i, ok := ops.Find(q, o.Row, o.System); ok {
			return i, nil
		}
	}
	return ops.Impl{}, fmt.Errorf("%s has no %s", o.System, o.Row)
}

// smallCrowd is the largest crowd of the rows that a child knows. A child starts no
// crowd itself.
const smallCrowd = 1000

// Ready does nothing. Its answer says that the child has started.
func (*Worker) Ready(struct{}, *struct{}) error { return nil }

// Inherits reports whether a plain go statement carries stores in the child.
func (*Worker) Inherits(_ struct{}, yes *bool) error {
	*yes = ops.Inherits()
	return nil
}

// Start prepares an operation.
func (w *Worker) Start(o Operation, _ *struct{}) error {
	i, err := o.find()
	if err != nil {
		return err
	}
	w.turn = measure.Start(i)
	return nil
}

// Time does the operation n times.
func (w *Worker) Time(n int, d *time.Duration) (err error) {
	*d, err = w.turn.Time(n)
	return err
}

// Cost does the operation n times and counts allocations.
func (w *Worker) Cost(n int, c *measure.Cost) (err error) {
	*c, err = w.turn.Cost(n)
	return err
}

// End leaves the operation's scopes.
func (w *Worker) End(struct{}, *struct{}) error {
	w.turn.End()
	return nil
}

// Try does an operation a few times, to find out whether it crashes.
func (*Worker) Try(o Operation, _ *struct{}) error {
	i, err := o.find()
	if err != nil {
		return err
	}
	t := measure.Start(i)
	defer t.End()
	_, err = t.Time(3)
	return err
}

// Stress starts goroutines, for a second, in scopes that end while they run.
func (*Worker) Stress(s ops.System, _ *struct{}) error {
	ops.Stress(s, stressTime)
	return nil
}

const stressTime = time.Second

// A Parking has the arguments of [measure.Park].
type Parking struct {
	Operation
	Goroutines, Rounds int
}

// Park measures the memory of a parked goroutine.
func (*Worker) Park(p Parking, bytes *[]float64) error {
	i, err := p.find()
	if err != nil {
		return err
	}
	*bytes = measure.Park(i, p.Goroutines, p.Rounds)
	return nil
}

// Drive sends requests to a server.
func (*Worker) Drive(l server.Load, s *server.Stats) (err error) {
	*s, err = server.Drive(l)
	return err
}
