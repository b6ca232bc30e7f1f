package main

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/panjf2000/ants/v2"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/cli"
	"github.com/seed-1938943e/goroutine/examples/internal/hooklog"
	"github.com/seed-1938943e/goroutine/hooks"
)

// requestID is the request that the caller works for.
var requestID als.Storage[int]

// A pool is an ants.Pool or a lazyPool.
type pool interface {
	Submit(task func()) error
	Release()
}

// drive uses the pools for two requests in the wrong way and in the right way, and prints
// the sightings. Then it does so for as many as the options say, and checks all
// sightings.
func drive(o options, out io.Writer) (problems []string, err error) {
	wrong, err := use(options{requests: 2, workers: 1, inTurn: true, unbound: true, late: true})
	if err != nil {
		return nil, err
	}
	wrong.part().Wrong(out, "tasks are given to the pools as they are, and a WorkerPoolTaskInfo is made when a worker is free")

	right, err := use(options{requests: 2, workers: 1, inTurn: true})
	if err != nil {
		return nil, err
	}
	right.part().Right(out, "tasks are bound, and a WorkerPoolTaskInfo is made when the task is given to the pool")

	many, err := use(o)
	if err != nil {
		return nil, err
	}
	problems = append(right.problems(), many.problems()...)
	if len(wrong.problems()) == 0 {
		problems = append(problems, "the wrong way went right, so the check shows nothing")
	}
	fmt.Fprintf(out, "\nChecked with %d requests at the same time, 3 pools of %d workers, %d tasks, %d events: %s\n",
		o.requests, o.workers, len(many.all), len(many.events),
		cli.Verdict(problems, "every result belongs to the request that asked, and the log is balanced"))
	return problems, nil
}

// use uses the pools, one after the other, and returns the sightings.
func use(o options) (*sightings, error) {
	s := &sightings{options: o}

	// The log is not printed here, as it is in examples/dbquery.
	log := hooklog.New(nil, "REQUEST", "WorkerPoolTaskInfo")
	workers := NewWorkerPool(o.workers)
	workers.late = o.late
	log.Start()
	eachRequest(o, func(request int, asking *sync.WaitGroup) { s.serveWorkerPool(workers, request, asking) })
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
		eachRequest(o, func(request int, _ *sync.WaitGroup) {
			if err := s.servePool(p.name, p, request, o.unbound); err != nil {
				s.fail(err)
			}
		})
		p.Release()
	}
	if s.err != nil {
		return nil, s.err
	}
	s.events = log.Events()
	return s, nil
}

// eachRequest serves the requests, each as an async resource and with its store, and
// waits for them. They are served at the same time, or in turn. Each request calls
// asking.Done, so that asking counts the requests that are served at the same time.
func eachRequest(o options, serve func(request int, asking *sync.WaitGroup)) {
	var served sync.WaitGroup
	asking := new(sync.WaitGroup)
	if !o.inTurn {
		asking.Add(o.requests)
	}
	for i := 1; i <= o.requests; i++ {
		if o.inTurn {
			served.Wait()
			asking = new(sync.WaitGroup)
			asking.Add(1)
		}
		served.Add(1)
		go func() {
			defer served.Done()
			resource := hooks.NewAsyncResource("REQUEST")
			defer resource.EmitDestroy()
			resource.RunInAsyncScope(func() {
				requestID.Run(i, func() { serve(i, asking) })
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

// serveWorkerPool is Node's usage of the pool. The request is for the check.
func (s *sightings) serveWorkerPool(p *WorkerPool, request int, asking *sync.WaitGroup) {
	var finished sync.WaitGroup
	trigger := hooks.ExecutionAsyncID()
	for _, t := range tasksOf(request) {
		finished.Add(1)
		p.RunTask(t, func(result int, err error) {
			defer finished.Done()
			// In Node no task is done before all were given to the pool, since
			// there is one thread. Waiting for that fills the queue here, too.
			asking.Wait()
			saw := see("WorkerPool", request, t, result, err)
			saw.scoped, saw.wantTrigger = true, trigger
			s.add(saw)
		})
	}
	asking.Done()
	finished.Wait()
}

// servePool gives tasks of a request to a pool without async resources.
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
		//alsvet:ignore it is bound, unless it is to go wrong
		if err := p.Submit(job); err != nil {
			finished.Done()
			return err
		}
	}
	finished.Wait()
	return nil
}

// see records the caller's context and the result of the task.
func see(pool string, request int, t task, result int, err error) sighting {
	saw := sighting{pool: pool, request: request, task: t, result: result, err: err, goroutine: goroutine.ID()}
	saw.store, saw.hasStore = requestID.GetStore()
	saw.id, saw.trigger = hooks.ExecutionAsyncID(), hooks.TriggerAsyncID()
	if info, ok := hooks.ExecutionAsyncResource().(*hooks.AsyncResource); ok {
		saw.resource = info.Type()
	}
	return saw
}

// sightings are those of all requests.
type sightings struct {
	options
	events []hooklog.Event // set at the end

	mu  sync.Mutex // guards the rest
	all []sighting
	err error // the first
}

func (s *sightings) add(saw sighting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, saw)
}

func (s *sightings) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

// problems returns the problems in the sightings and the log.
func (s *sightings) problems() []string {
	return append(check(s.all, s.requests), hooklog.Unbalanced(s.events)...)
}

// part returns a line for each pool and request: the requests that its results saw, in
// the order of the tasks.
func (s *sightings) part() *cli.Part {
	var p cli.Part
	for _, pool := range pools {
		for request := 1; request <= s.requests; request++ {
			var places []string
			should := ""
			for _, t := range tasksOf(request) {
				for _, saw := range s.all {
					if saw.pool == pool && saw.request == request && saw.task == t {
						places = append(places, saw.place())
						if saw.place() != fmt.Sprint("request ", request) {
							should = fmt.Sprint("request ", request)
						}
					}
				}
			}
			p.Add(fmt.Sprintf("%-10s  results of request %d were in %s", pool, request, strings.Join(places, ", ")), should)
		}
	}
	return &p
}
