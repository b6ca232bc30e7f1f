//go:build ignore

// A worker belongs to what a constructor returns, and the connection to a pool.
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

type job struct {
	run  func()
	done chan bool
}

type conn struct{ jobs chan job }

func dial() *conn {
	c := &conn{jobs: make(chan job)}
	go func() {
		for j := range c.jobs {
			j.run()
			close(j.done)
		}
	}()
	return c
}

var pool = map[string]*conn{}

func get(addr string) *conn {
	if c, ok := pool[addr]; ok {
		return c
	}
	pool[addr] = dial()
	return pool[addr]
}

func main() {
	each(func(f func()) {
		done := make(chan bool)
		get("a").jobs <- job{run: f, done: done}
		<-done
	})
}
