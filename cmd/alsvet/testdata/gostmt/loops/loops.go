// Package loops starts goroutines that stay.
package loops

import "github.com/seed-1938943e/goroutine/als"

var user als.Storage[string]

type pool struct{ tasks chan func() }

func (p *pool) worker(first func()) {
	first()
	for task := range p.tasks {
		task()
	}
}

func watch(stop chan bool) {
loop:
	for {
		select {
		case <-stop:
			break loop
		}
	}
}

type queue[T any] struct{ tasks chan T }

func (q *queue[T]) run() {
	for {
		<-q.tasks
	}
}

func once(ids []int) {
	for range ids {
		user.Get()
	}
	for i := 0; i < 3; i++ {
		user.Get()
	}
}

func start(p *pool, q *queue[int], stop chan bool) {
	go p.worker(nil) // want `use als.Go, or bind what this loop is given to do`
	go watch(stop)   // want `or bind`
	go q.run()       // want `or bind`
	go func() {      // want `or bind`
		for task := range p.tasks {
			task()
		}
	}()
	go once(nil) // want `use als.Go$`
}
