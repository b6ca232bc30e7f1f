// Errgroup is the goroutines of golang.org/x/sync/errgroup with the stores of whoever
// started them: als.Bind around what is given to Go.
//
//	go run ./examples/errgroup
//
// With -wrong the functions are not bound, and work for nobody.
package main

import (
	"golang.org/x/sync/errgroup"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{Name: "errgroup", Wrong: "do not bind the functions", Run: run}

func main() { program.Main() }

func run(c *users.Check) error {
	c.Each(func(name string) {
		var group errgroup.Group
		group.SetLimit(2)
		for _, what := range []string{"profile", "orders", "vouchers"} {
			fetch := func() error {
				c.Saw(what, name, users.Current())
				return nil
			}
			if !c.Wrong {
				fetch = als.Bind(fetch)
			}
			group.Go(fetch)
		}
		group.Wait()
	})
	return nil
}
