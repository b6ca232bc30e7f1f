package main

import (
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// A worker runs jobs one after the other in one goroutine.
//
// It does what a pool should not do, to be the hard case: it starts its goroutine with
// als.Go on the first job, so the goroutine has the stores of the first request until
// the server stops. That does not matter to a bound job. A job that is not bound logs with
// the ID of the first request, which may have ended long before.
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
	//alsvet:ignore this is the hard case: a worker that keeps the stores of its starter
	w.start.Do(func() { als.Go(w.loop) })
	w.jobs <- job
}

func (w *worker) loop() {
	defer close(w.ended)
	for job := range w.jobs {
		job()
	}
}

// stop waits for the goroutine to exit. submit must not be called any more.
func (w *worker) stop() {
	w.start.Do(func() { close(w.ended) })
	close(w.jobs)
	<-w.ended
}
