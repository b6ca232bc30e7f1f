// Package child runs parts of a measurement in processes of their own: systems
// that may crash, systems that change the whole program, memory, clients.
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

// Serve answers the parent's calls until it goes away.
func Serve() error {
	conn := pipe{os.Stdin, os.Stdout}
	os.Stdout = os.Stderr // what a library prints is no answer
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

// A Worker is what a child offers. Its methods are those of net/rpc.
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

// smallCrowd leaves out the rows with more goroutines; here none are started.
const smallCrowd = 1000

// Ready answers.
func (*Worker) Ready(struct{}, *struct{}) error { return nil }

// Inherits says whether a plain go statement carries stores in the child.
func (*Worker) Inherits(_ struct{}, yes *bool) error {
	*yes = ops.Inherits()
	return nil
}

// Start makes an operation ready to be measured.
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

// Cost does it n times and counts allocations.
func (w *Worker) Cost(n int, c *measure.Cost) (err error) {
	*c, err = w.turn.Cost(n)
	return err
}

// End leaves what the operation needed.
func (w *Worker) End(struct{}, *struct{}) error {
	w.turn.End()
	return nil
}

// Try does an operation a few times, to see whether it survives.
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

// Stress starts goroutines in scopes that others leave meanwhile, for a while.
func (*Worker) Stress(s ops.System, _ *struct{}) error {
	ops.Stress(s, stressTime)
	return nil
}

const stressTime = time.Second

// A Parking is an order for [measure.Park].
type Parking struct {
	Operation
	Goroutines, Rounds int
}

// Park measures what a parked goroutine takes.
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
