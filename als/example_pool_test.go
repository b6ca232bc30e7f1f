package als_test

import (
	"fmt"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// A Pool runs tasks on a fixed number of goroutines.
type Pool struct {
	tasks   chan func()
	workers sync.WaitGroup
}

func NewPool(n int) *Pool {
	p := &Pool{tasks: make(chan func())}
	for range n {
		p.workers.Add(1)
		go func() { // outlives every task, so it starts without stores
			defer p.workers.Done()
			for task := range p.tasks {
				task()
			}
		}()
	}
	return p
}

// Submit runs task in the context of the call. When task ends, the worker's own context
// is restored.
func (p *Pool) Submit(task func()) { p.tasks <- als.Bind(task) }

func (p *Pool) Close() {
	close(p.tasks)
	p.workers.Wait()
}

// Whose stores does a task in a worker pool see? Those of the goroutine that submitted
// it, if the pool binds at submission.
func Example_workerPool() {
	var user als.Storage[string]
	pool := NewPool(1)

	for _, name := range []string{"alice", "bob"} {
		user.Run(name, func() {
			pool.Submit(func() {
				fmt.Println(user.Get())
				user.EnterWith("left behind") // does not reach the next task
			})
		})
	}
	pool.Submit(func() {
		_, ok := user.GetStore()
		fmt.Println("without a user:", ok)
	})
	pool.Close()
	// Output:
	// alice
	// bob
	// without a user: false
}
