package als_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// A Group is like that of golang.org/x/sync/errgroup, in short.
type Group struct {
	wg   sync.WaitGroup
	once sync.Once
	err  error
}

func (g *Group) Go(f func() error) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		if err := f(); err != nil {
			g.once.Do(func() { g.err = err })
		}
	}()
}

func (g *Group) Wait() error {
	g.wg.Wait()
	return g.err
}

// How do stores get into the goroutines of an errgroup.Group, which starts them
// with plain go statements? Bind the functions that you pass to its Go method.
func ExampleBind_errgroup() {
	var tenant als.Storage[string]
	fetch := func(what string) error {
		if what == "bill" {
			return errors.New(tenant.Get() + " has no " + what)
		}
		return nil
	}

	var lengths [2]int
	tenant.Run("acme", func() {
		var g Group
		for i, what := range strings.Fields("name bill") {
			g.Go(als.Bind(func() error {
				lengths[i] = len(tenant.Get())
				return fetch(what)
			}))
		}
		fmt.Println(g.Wait())
	})
	fmt.Println(lengths)
	// Output:
	// acme has no bill
	// [4 4]
}
