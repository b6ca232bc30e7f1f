// Package nils hands function values that may be nil to schedulers, and others that cannot
// be. als.Bind panics on nil.
package nils

import (
	"errors"
	"net/http"

	"github.com/panjf2000/ants/v2"
	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

var registered func()

var installed = work

type commit struct {
	done   func()
	option func()
}

func work()            { user.Get() }
func (c *commit) run() { user.Get() }

// submitSync calls done on another goroutine, if there is one.
func submitSync(pool *ants.Pool, done func()) {
	pool.Submit(func() {
		if done != nil {
			done()
		}
	})
}

func lookup(name string) (func(), error) {
	if name == "" {
		return nil, errors.New("no name")
	}
	return work, nil
}

func choose(quiet bool) func() {
	if quiet {
		return nil
	}
	return work
}

func wrapped(next http.Handler) func() {
	return func() { next.ServeHTTP(nil, nil) }
}

func (c *commit) mayBeNil(pool *ants.Pool, name string) {
	submitSync(pool, c.done)     // want `where it is set, or only if it is not nil$`
	submitSync(pool, registered) // want `if it works only for this caller`
	var f func()
	if name != "" {
		f = work
	}
	pool.Submit(f) // want `only if it is not nil`
	g, _ := lookup(name)
	pool.Submit(g)                  // want `only if it is not nil`
	pool.Submit(choose(name == "")) // want `only if it is not nil`
	h := work
	if name == "" {
		h = nil
	}
	pool.Submit(h) // want `only if it is not nil`
	if c.option == nil {
		c.done = work
	}
	pool.Submit(c.option) // want `if it works only for this caller`
	if c.option != nil {
		c.option = registered
		pool.Submit(c.option) // want `if it works only for this caller`
	}
	for range 2 {
		i := choose(false)
		if i != nil && name != "" {
			i = nil
		}
		pool.Submit(i) // want `only if it is not nil`
	}
	if c.done != nil || name != "" {
		pool.Submit(c.done) // want `only if it is not nil`
	}
}

func changedLater(pool *ants.Pool) {
	f := choose(false)
	if f == nil {
		return
	}
	reset := func() { f = nil }
	for range 2 {
		pool.Submit(f) // want `only if it is not nil`
		reset()
	}
}

func (c *commit) neverNil(pool *ants.Pool, name string, next http.Handler) {
	submitSync(pool, work)      // want `bind it with als.Bind$`
	submitSync(pool, c.run)     // want `bind it with als.Bind$`
	submitSync(pool, installed) // want `bind it with als.Bind$`
	f := work
	if name == "" {
		f = c.run
	}
	pool.Submit(f)             // want `bind it with als.Bind$`
	pool.Submit(wrapped(next)) // want `bind it with als.Bind$`
	if c.option != nil && name != "" {
		pool.Submit(c.option) // want `if it works only for this caller`
	}
	if c.done == nil {
		c.done = func() {}
	}
	pool.Submit(c.done) // want `bind it with als.Bind$`
	g, err := lookup(name)
	if g == nil || err != nil {
		return
	}
	pool.Submit(g) // want `bind it with als.Bind$`
	var h func()
	h = func() { work() }
	pool.Submit(h) // want `bind it with als.Bind$`
	i := choose(false)
	if i == nil {
		panic("nothing was chosen")
	} else {
		pool.Submit(i) // want `bind it with als.Bind$`
	}
}
