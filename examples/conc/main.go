// Conc runs the tasks of all users in one goroutine, that of a github.com/sourcegraph/conc
// pool, each in the context in which it was submitted.
//
//	go run ./examples/conc
//
// first does not bind the tasks. They set the store themselves, and the goroutine keeps
// it for the next task.
package main

import (
	"github.com/sourcegraph/conc/pool"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "conc",
	Shows: "tasks of all users share one goroutine of a github.com/sourcegraph/conc pool, and each knows its own user",
	Wrong: "tasks set the store with EnterWith, and the goroutine of the pool keeps it",
	Right: "tasks are bound with als.Bind, and leave nothing to the next",
	Run:   run,
}

func main() { program.Main() }

func run(c *users.Check) error {
	shared := pool.New().WithMaxGoroutines(1) // so that every task follows another
	tasks := make(chan func())
	submitted := make(chan struct{})
	//alsvet:ignore it submits the tasks of all users, which are bound
	go func() { // Pool.Go is for one goroutine at a time
		defer close(submitted)
		for task := range tasks {
			//alsvet:ignore the tasks are bound where they are submitted
			shared.Go(task)
		}
	}()
	c.Each(func(name string) {
		if c.Wrong {
			tasks <- func() {
				//alsvet:ignore this is the wrong way
				users.User.EnterWith(name)
				c.Saw("task", name, users.Current())
			}
			return
		}
		tasks <- als.Bind(func() {
			c.Saw("task", name, users.Current())
			users.User.EnterWith("left behind")
		})
	})
	//alsvet:ignore this task is for no user
	tasks <- func() { c.Saw("task", users.NoUser, users.Current()) }
	close(tasks)
	<-submitted
	shared.Wait()
	return nil
}
