//go:build ignore

// A timer is set once, and runs what was queued by then.
package main

import (
	"fmt"
	"time"

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

type batch struct {
	timer *time.Timer
	jobs  []func()
	done  chan bool
}

func (b *batch) flush() {
	for _, job := range b.jobs {
		job()
	}
	close(b.done)
}

func (b *batch) add(job func()) {
	b.jobs = append(b.jobs, job)
	if b.timer == nil {
		b.timer = time.AfterFunc(10*time.Millisecond, b.flush)
	}
}

func main() {
	b := &batch{done: make(chan bool)}
	each(b.add)
	<-b.done
}
