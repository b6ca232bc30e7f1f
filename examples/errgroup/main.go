// Errgroup runs the functions of a golang.org/x/sync/errgroup with the stores of the
// caller of Group.Go: als.Bind around its argument.
//
//	go run ./examples/errgroup
//
// first passes them unbound. They run without stores, and know no user.
package main

import (
	"golang.org/x/sync/errgroup"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "errgroup",
	Shows: "functions given to Group.Go of golang.org/x/sync/errgroup know the user who gave them",
	Wrong: "Group.Go starts the functions with a plain go statement, which carries no stores",
	Right: "als.Bind around each function that is given to Group.Go",
	Run:   run,
}

func main() { program.Main() }

var tables = []string{"profile", "orders"}

func run(c *users.Check) error {
	c.Each(func(name string) {
		var group errgroup.Group
		group.SetLimit(2)
		saw := make([]string, len(tables))
		for i := range tables {
			fetch := func() error {
				saw[i] = users.Current()
				return nil
			}
			if !c.Wrong {
				fetch = als.Bind(fetch)
			}
			//alsvet:ignore it is bound, unless it is to go wrong
			group.Go(fetch)
		}
		group.Wait()
		for i, table := range tables {
			c.Saw(table, name, saw[i])
		}
	})
	return nil
}
