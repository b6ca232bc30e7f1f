//go:build ignore

// A worker is started by a wrapper.
package main

import (
	"fmt"
	"sync"

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

func SafeGo(f func()) {
	go func() {
		defer func() { _ = recover() }()
		f()
	}()
}

type conn struct {
	once sync.Once
	jobs chan func()
}

func (c *conn) loop() {
	for job := range c.jobs {
		job()
	}
}

func (c *conn) do(job func()) {
	c.once.Do(func() {
		c.jobs = make(chan func())
		SafeGo(c.loop)
	})
	done := make(chan bool)
	c.jobs <- func() { job(); close(done) }
	<-done
}

func main() {
	var c conn
	each(c.do)
}
