// Package jobs hands functions to workers in structs and queues.
package jobs

import (
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func work() { user.Get() }

type job struct {
	name string
	run  func()
}

func newJob(name string, run func()) *job { return &job{name, run} }

// A queue of any type, which a worker empties.
type queue[T any] struct {
	mu    sync.Mutex
	some  *sync.Cond
	items []T
}

func (q *queue[T]) put(item T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, item)
	q.some.Signal()
}

func (q *queue[T]) take() T {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.some.Wait()
	}
	item := q.items[0]
	q.items = q.items[1:]
	return item
}

type workers struct {
	functions queue[func()]
	jobs      queue[job]
	numbers   queue[int]
	sent      chan job
	pointers  chan *job
	list      []func()
	structs   []job
	hooks     []func()
	wake      chan struct{}
}

func start() *workers {
	w := &workers{}
	go func() {
		for {
			w.functions.take()()
			w.jobs.take().run()
			println(w.numbers.take())
		}
	}()
	go func() {
		for j := range w.sent {
			j.run()
		}
	}()
	go func() {
		for j := range w.pointers {
			j.run()
		}
	}()
	go w.empty()
	return w
}

func (w *workers) empty() {
	for range w.wake {
		next := w.list[0]
		w.list = w.list[1:]
		next()
		first := w.structs[0]
		w.structs = w.structs[1:]
		first.run()
		for _, hook := range w.hooks {
			hook()
		}
	}
}

func (w *workers) submit() {
	w.functions.put(work)      // want `w.functions.put runs its argument on another goroutine, without the caller's stores: bind it with als.Bind$`
	w.jobs.put(job{run: work}) // want `w.jobs.put runs its argument on another goroutine, without the caller's stores: bind it with als.Bind$`
	w.numbers.put(3)

	j := job{name: "assigned"}
	j.run = work // want `a function that is sent on w.sent runs without the sender's stores: bind it with als.Bind$`
	w.sent <- j
	w.pointers <- newJob("made", work) // want `a function that is sent on w.pointers runs without the sender's stores: bind it with als.Bind$`

	w.list = append(w.list, work)                 // want `a function that is queued in w.list runs without the stores of the function that queues it: bind it with als.Bind$`
	w.structs = append(w.structs, job{run: work}) // want `a function that is queued in w.structs runs without the stores`
	w.wake <- struct{}{}
}

// A setting of a value that comes from elsewhere, and one of what is kept in a list.
func (w *workers) set(j job) {
	j.run = work
	w.sent <- j
	kept := job{name: "kept"}
	kept.run = work
	w.structs = append(w.structs, kept)
}

// A hook stays in its list and is called for all.
func (w *workers) hook() { w.hooks = append(w.hooks, work) }

func (w *workers) give(run func()) {
	j := job{}
	j.run = func() { run() }
	w.sent <- j
}

func given(w *workers) {
	w.give(work) // want `w.give runs its argument on another goroutine, without the caller's stores: bind it with als.Bind$`
}
