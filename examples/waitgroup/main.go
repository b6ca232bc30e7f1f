// Waitgroup runs the functions of sync.WaitGroup.Go, which Go has since 1.25, with the
// stores of its caller: als.Bind around its argument.
//
//	go run ./examples/waitgroup
//
// first passes them unbound. They run without stores, and know no user.
package main

import (
	"sync"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "waitgroup",
	Shows: "functions given to sync.WaitGroup.Go know the user who gave them",
	Wrong: "WaitGroup.Go starts the functions with a plain go statement, which carries no stores",
	Right: "als.Bind around each function that is given to WaitGroup.Go",
	Run:   run,
}

func main() { program.Main() }

var tables = []string{"profile", "orders"}

func run(c *users.Check) error {
	c.Each(func(name string) {
		var group sync.WaitGroup
		saw := make([]string, len(tables))
		for i := range tables {
			fetch := func() { saw[i] = users.Current() }
			if !c.Wrong {
				fetch = als.Bind(fetch)
			}
			//alsvet:ignore it is bound, unless it is to go wrong
			start(&group, fetch)
		}
		group.Wait()
		for i, table := range tables {
			c.Saw(table, name, saw[i])
		}
	})
	return nil
}
