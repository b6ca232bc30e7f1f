// Waitgroup is the goroutines of sync.WaitGroup.Go, which Go has since 1.25, with the
// stores of whoever started them: als.Bind around what is given to Go.
//
//	go run ./examples/waitgroup
//
// With -wrong the functions are not bound, and work for nobody.
package main

import (
	"sync"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{Name: "waitgroup", Wrong: "do not bind the functions", Run: run}

func main() { program.Main() }

func run(c *users.Check) error {
	c.Each(func(name string) {
		var group sync.WaitGroup
		for _, what := range []string{"profile", "orders", "vouchers"} {
			fetch := func() { c.Saw(what, name, users.Current()) }
			if !c.Wrong {
				fetch = als.Bind(fetch)
			}
			start(&group, fetch)
		}
		group.Wait()
	})
	return nil
}
