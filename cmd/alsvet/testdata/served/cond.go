//go:build ignore

// A worker waits for a condition, and takes its jobs out of a slice.
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

type queue struct {
	mu      sync.Mutex
	cond    *sync.Cond
	jobs    []func()
	started bool
}

func (q *queue) work() {
	for q.more() {
		q.mu.Lock()
		job := q.jobs[0]
		q.jobs = q.jobs[1:]
		q.mu.Unlock()
		job()
	}
}

func (q *queue) more() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.jobs) == 0 {
		q.cond.Wait()
	}
	return true
}

func (q *queue) do(job func()) {
	q.mu.Lock()
	if !q.started {
		q.started = true
		q.cond = sync.NewCond(&q.mu)
		go q.work()
	}
	done := make(chan bool)
	q.jobs = append(q.jobs, func() { job(); close(done) })
	q.mu.Unlock()
	q.cond.Signal()
	<-done
}

func main() {
	var q queue
	each(q.do)
}
