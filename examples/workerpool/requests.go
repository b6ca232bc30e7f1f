package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/panjf2000/ants/v2"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
	"github.com/seed-1938943e/goroutine/examples/internal/hooklog"
	"github.com/seed-1938943e/goroutine/hooks"
)

// requestID is the request that the caller works for, wherever it is.
var requestID als.Storage[int]

// A pool is what ants.Pool and lazyPool have in common.
type pool interface {
	Submit(task func()) error
	Release()
}

// drive has the pools used, one after the other, and checks what was seen.
func drive(o options, out io.Writer) (problems []string, err error) {
	s := &sightings{out: out}

	// The hook prints nothing here; examples/dbquery shows what it would.
	log := hooklog.New(io.Discard, "REQUEST", "WorkerPoolTaskInfo")
	workers := NewWorkerPool(o.workers)
	workers.late = o.late
	s.asking.Add(o.requests)
	log.Start()
	eachRequest(o.requests, func(request int) { s.serveWorkerPool(workers, request) })
	workers.Close()
	workers.Wait()
	log.Stop()

	a, err := ants.NewPool(o.workers)
	if err != nil {
		return nil, err
	}
	for _, p := range []struct {
		name string
		pool
	}{{"lazy", newLazyPool(o.workers)}, {"ants", a}} {
		eachRequest(o.requests, func(request int) {
			if err := s.servePool(p.name, p, request, o.unbound); err != nil {
				s.fail(err)
			}
		})
		p.Release()
	}
	if s.err != nil {
		return nil, s.err
	}

	problems = append(check(s.all, o.requests), hooklog.Unbalanced(log.Events())...)
	fmt.Fprintf(out, "requests %d, pools 3 of %d workers, tasks %d, events %d: %s\n",
		o.requests, o.workers, len(s.all), len(log.Events()),
		cli.Verdict(problems, "every result belongs to the request that asked, and the log is balanced"))
	return problems, nil
}

// eachRequest serves requests 1 to n at the same time, each as an async resource
// and with its store, and waits for them.
func eachRequest(n int, serve func(request int)) {
	var served sync.WaitGroup
	for i := 1; i <= n; i++ {
		served.Add(1)
		go func() {
			defer served.Done()
			resource := hooks.NewAsyncResource("REQUEST")
			defer resource.EmitDestroy()
			resource.RunInAsyncScope(func() {
				requestID.Run(i, func() { serve(i) })
			})
		}()
	}
	served.Wait()
}

// tasksOf returns the tasks of a request. The last of the first request fails.
func tasksOf(request int) (tasks []task) {
	for i := range tasksPerRequest {
		tasks = append(tasks, task{request, i})
	}
	if request == 1 {
		tasks[tasksPerRequest-1].a = -1
	}
	return tasks
}

// serveWorkerPool is Node's usage of the pool. The request is there only to have
// what to compare with.
func (s *sightings) serveWorkerPool(p *WorkerPool, request int) {
	var finished sync.WaitGroup
	trigger := hooks.ExecutionAsyncID()
	for _, t := range tasksOf(request) {
		finished.Add(1)
		p.RunTask(t, func(result int, err error) {
			defer finished.Done()
			// In Node nobody is answered before all have asked, since there is
			// one thread. Waiting for that fills the queue here, too.
			s.asking.Wait()
			saw := see("WorkerPool", request, t, result, err)
			saw.scoped, saw.wantTrigger = true, trigger
			s.add(saw)
		})
	}
	s.asking.Done()
	finished.Wait()
}

// servePool is how to do it with a pool of somebody else's.
func (s *sightings) servePool(name string, p pool, request int, unbound bool) error {
	var finished sync.WaitGroup
	for _, t := range tasksOf(request) {
		finished.Add(1)
		job := func() {
			defer finished.Done()
			result, err := try(t)
			s.add(see(name, request, t, result, err))
		}
		if !unbound {
			job = als.Bind(job) // here, where the request is still the current one
		}
		if err := p.Submit(job); err != nil {
			finished.Done()
			return err
		}
	}
	finished.Wait()
	return nil
}

// see notes where the caller is, and what came of the task.
func see(pool string, request int, t task, result int, err error) sighting {
	saw := sighting{pool: pool, request: request, task: t, result: result, err: err, goroutine: goroutine.ID()}
	saw.store, saw.hasStore = requestID.GetStore()
	saw.id, saw.trigger = hooks.ExecutionAsyncID(), hooks.TriggerAsyncID()
	if info, ok := hooks.ExecutionAsyncResource().(*hooks.AsyncResource); ok {
		saw.resource = info.Type()
	}
	return saw
}

// sightings are what all the requests saw.
type sightings struct {
	out    io.Writer
	asking sync.WaitGroup // the requests that have not given all their tasks to the WorkerPool

	mu  sync.Mutex // guards the rest
	all []sighting
	err error // the first
}

func (s *sightings) add(saw sighting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, saw)
	fmt.Fprintln(s.out, saw)
}

func (s *sightings) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}
