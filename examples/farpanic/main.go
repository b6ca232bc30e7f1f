// Farpanic recovers a panic far away from its origin, and still knows the user: the panic
// carries a snapshot of the stores.
//
//	go run ./examples/farpanic
//
// panics in tasks of all users in one worker. The worker recovers, so that it can go on
// with the next task, and logs the panic. By then the stores of the task are gone, and
// the line has no user. Then a deferred function of the task, in which the stores are
// still current, takes a snapshot of them.
package main

import (
	"errors"
	"fmt"
	"sync"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "farpanic",
	Shows: "a worker that recovers a task's panic logs it with the stores of the task",
	Wrong: "the worker logs what it has recovered, when the stores of the task are gone",
	Right: "the panic carries a snapshot of the stores, in which the worker logs",
	Run:   run,
}

func main() { program.Main() }

func run(c *users.Check) error {
	tasks := make(chan func())
	var worker sync.WaitGroup
	worker.Add(1)
	//alsvet:ignore the worker is for all users, and sets the stores of each task
	go func() {
		defer worker.Done()
		for task := range tasks {
			if err := try(task); err != nil {
				inContextOf(err, func() { logPanic(c, err) })
			}
		}
	}()
	c.Each(func(name string) {
		tasks <- func() {
			users.User.Run(name, func() {
				if !c.Wrong {
					defer carry()
				}
				charge(name)
			})
		}
	})
	close(tasks)
	worker.Wait()
	return nil
}

// A declined is the panic of a task. It has the name for the check.
type declined struct{ name string }

func (d declined) Error() string { return "the card of " + d.name + " was declined" }

func charge(name string) { panic(declined{name}) }

// logPanic stands for a logger that adds the user, as alslog does.
func logPanic(c *users.Check, err error) {
	var d declined
	if !errors.As(err, &d) {
		panic(err)
	}
	c.Report(d.name, fmt.Sprintf("user=%-6s error=%q", users.Current(), err), users.Current())
}
