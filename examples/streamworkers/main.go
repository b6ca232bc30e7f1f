// Streamworkers reuses a few goroutines for all jobs, as a gRPC server does with
// NumStreamWorkers, and begins each job in a clean context.
//
//	go run ./examples/streamworkers
//
// runs jobs, every second for no user. The others call EnterWith, as a library may that
// expects a goroutine for each job. First the workers run the jobs in no context of their
// own, and a job without a user is taken for one of the user before.
package main

import (
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "streamworkers",
	Shows: "goroutines that are reused for many jobs begin each job without the stores of the job before",
	Wrong: "a worker runs a job as it is, and keeps what the job enters",
	Right: "a worker runs each job in als.ExecutionContext{}, the context without stores",
	Run:   run,
}

func main() { program.Main() }

func run(c *users.Check) error {
	inContext := als.ExecutionContext{}.Run
	if c.Wrong {
		inContext = func(job func()) { job() }
	}
	s := newServer(1, inContext) // one worker, so that every job follows another
	defer s.stop()
	c.Each(func(name string) {
		s.do(func() {
			//alsvet:ignore the workers must tolerate jobs that do this
			users.User.EnterWith(name)
			c.Saw("job", name, users.Current())
		})
		//alsvet:ignore this job is for no user
		s.do(func() { c.Saw("job", users.NoUser, users.Current()) })
	})
	return nil
}
