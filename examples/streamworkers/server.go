package main

import "sync"

// A server runs jobs in goroutines that it reuses.
type server struct {
	jobs    chan func()
	workers sync.WaitGroup
}

// newServer starts n workers, which run each job with inContext. A worker is a plain
// goroutine: it starts without stores, and lives longer than any of them.
func newServer(n int, inContext func(job func())) *server {
	s := &server{jobs: make(chan func())}
	for range n {
		s.workers.Add(1)
		//alsvet:ignore a worker is for all users, and begins each job in a context of its own
		go func() {
			defer s.workers.Done()
			for job := range s.jobs {
				inContext(job)
			}
		}()
	}
	return s
}

// do runs the job in a worker, and waits for it.
func (s *server) do(job func()) {
	done := make(chan struct{})
	s.jobs <- func() {
		defer close(done)
		job()
	}
	<-done
}

// stop waits until the workers have exited. No goroutine may call do any more.
func (s *server) stop() {
	close(s.jobs)
	s.workers.Wait()
}
