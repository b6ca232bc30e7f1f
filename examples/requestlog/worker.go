package main

import (
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// A worker runs jobs one after the other in a goroutine of its own.
//
// It does what a pool should not do, so that the example is the hard case: it
// starts its goroutine on the first job, with the stores of the request that
// happened to be first, and that is what the goroutine has until the server stops.
// A bound job takes no notice. One that is not bound logs with the ID of a request
// that may be long over.
type worker struct {
	start sync.Once
	jobs  chan func()
	ended chan struct{}
}

func newWorker() *worker {
	return &worker{jobs: make(chan func()), ended: make(chan struct{})}
}

// submit waits until the worker takes the job, not until it is done.
func (w *worker) submit(job func()) {
	w.start.Do(func() { als.Go(w.loop) })
	w.jobs <- job
}

func (w *worker) loop() {
	defer close(w.ended)
	for job := range w.jobs {
		job()
	}
}

// stop waits for the goroutine to end. There must be no submit any more.
func (w *worker) stop() {
	w.start.Do(func() { close(w.ended) })
	close(w.jobs)
	<-w.ended
}
