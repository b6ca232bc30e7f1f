package main

import (
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// A worker runs jobs one after the other in a goroutine of its own.
//
// It is the hard case, and does what a pool should not do: it starts its goroutine with
// als.Go on the first job, so the goroutine has the stores of the first request until
// the server stops. That does not matter to a bound job. One that is not bound logs with
// the ID of a request that may have ended long before.
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

// stop waits for the goroutine to end. There must be no submit any more.
func (w *worker) stop() {
	w.start.Do(func() { close(w.ended) })
	close(w.jobs)
	<-w.ended
}
