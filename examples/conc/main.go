// Conc is a pool of github.com/sourcegraph/conc that all users share: its goroutine
// does one user's task after another's, each in the context of whoever submitted it.
//
//	go run ./examples/conc
//
// With -wrong the tasks are not bound, and a task that sets a store leaves it to the
// next one.
package main

import (
	"github.com/sourcegraph/conc/pool"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{Name: "conc", Wrong: "do not bind the tasks, but have them set the store", Run: run}

func main() { program.Main() }

func run(c *users.Check) error {
	shared := pool.New().WithMaxGoroutines(1) // so that every task follows another
	tasks := make(chan func())
	submitted := make(chan struct{})
	go func() { // Pool.Go is for one goroutine at a time
		defer close(submitted)
		for task := range tasks {
			//alsvet:ignore the tasks were bound by those who submitted them
			shared.Go(task)
		}
	}()
	c.Each(func(name string) {
		if c.Wrong {
			//alsvet:ignore this is how not to do it
			tasks <- func() { users.User.EnterWith(name) }
		}
		task := func() {
			c.Saw("task", name, users.Current())
			//alsvet:ignore it shows that a bound task leaves nothing to the next
			users.User.EnterWith("left behind") // does not reach the next task of a pool, if bound
		}
		if !c.Wrong {
			task = als.Bind(task)
		}
		tasks <- task
	})
	tasks <- func() { c.Saw("task", users.Nobody, users.Current()) }
	close(tasks)
	<-submitted
	shared.Wait()
	return nil
}
