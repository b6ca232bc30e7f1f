//go:build ignore

// A worker is started lazily, and wrapped in a literal and a function that recovers.
package main

import (
	"fmt"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

// each runs job for two users and prints whose stores it ran with.
func each(do func(job func())) {
	for _, u := range []string{"first", "second"} {
		user.Run(u, func() {
			do(func() { fmt.Printf("%s as %s\n", u, user.Get()) })
		})
	}
}

type conn struct{ jobs chan func() }

func recovered(f func()) {
	defer func() { _ = recover() }()
	f()
}

func (c *conn) serve() {
	for {
		job, ok := <-c.jobs
		if !ok {
			return
		}
		job()
	}
}

func (c *conn) do(job func()) {
	if c.jobs == nil {
		c.jobs = make(chan func())
		go recovered(func() { c.serve() })
	}
	done := make(chan bool)
	c.jobs <- func() { job(); close(done) }
	<-done
}

func main() {
	var c conn
	each(c.do)
}
