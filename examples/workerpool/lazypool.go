package main

import (
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// A lazyPool starts a worker with each task until it has all. It does what a pool should
// not do: it starts them with als.Go, so that a worker keeps the store of the request
// that needed it first. That does not matter to a bound task.
type lazyPool struct {
	tasks chan func()
	ended sync.WaitGroup

	mu      sync.Mutex
	missing int // workers that were not started yet
}

func newLazyPool(workers int) *lazyPool {
	return &lazyPool{tasks: make(chan func()), missing: workers}
}

// Submit waits until a worker takes the task, not until it is done.
func (p *lazyPool) Submit(task func()) error {
	p.mu.Lock()
	if p.missing > 0 {
		p.missing--
		p.ended.Add(1)
		//alsvet:ignore this is the hard case: workers that keep the stores of their starter
		als.Go(p.work)
	}
	p.mu.Unlock()
	p.tasks <- task
	return nil
}

func (p *lazyPool) work() {
	defer p.ended.Done()
	for task := range p.tasks {
		task()
	}
}

// Release waits for the workers to exit. Submit must not be called any more.
func (p *lazyPool) Release() {
	close(p.tasks)
	p.ended.Wait()
}
