package main

import "sync"

// A WorkerPool is Node's. Its workers are goroutines that were started before the tasks:
// without a WorkerPoolTaskInfo, callbacks would run in the workers' context.
type WorkerPool struct {
	late  bool // a mistake to make on purpose
	ended sync.WaitGroup

	mu      sync.Mutex // guards the rest
	workers map[*poolWorker]bool
	free    []*poolWorker
	waiting []func() *WorkerPoolTaskInfo
	closed  bool
}

// A poolWorker takes one task at a time.
type poolWorker struct{ tasks chan *WorkerPoolTaskInfo }

// NewWorkerPool returns a pool that has all its workers.
func NewWorkerPool(n int) *WorkerPool {
	p := &WorkerPool{workers: make(map[*poolWorker]bool)}
	p.mu.Lock()
	defer p.mu.Unlock()
	for range n {
		p.addNewWorker()
	}
	return p
}

// RunTask calls c with the result, in the context of this call. It does not wait.
func (p *WorkerPool) RunTask(t task, c callback) {
	var info func() *WorkerPoolTaskInfo
	if p.late {
		info = func() *WorkerPoolTaskInfo { return newWorkerPoolTaskInfo(t, c) }
	} else {
		i := newWorkerPoolTaskInfo(t, c) // here, where the asking happens
		info = func() *WorkerPoolTaskInfo { return i }
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = append(p.waiting, info) //alsvet:ignore it has the context of the call, unless it is to go wrong
	p.dispatch()
}

// dispatch gives waiting tasks to free workers. p.mu is held.
func (p *WorkerPool) dispatch() {
	for len(p.waiting) > 0 && len(p.free) > 0 {
		last := len(p.free) - 1
		w, info := p.free[last], p.waiting[0]
		p.free, p.waiting = p.free[:last], p.waiting[1:]
		w.tasks <- info() // does not block: the worker is free
	}
}

// addNewWorker starts a worker. p.mu is held.
func (p *WorkerPool) addNewWorker() {
	w := &poolWorker{tasks: make(chan *WorkerPoolTaskInfo, 1)}
	p.workers[w] = true
	p.free = append(p.free, w)
	p.ended.Add(1)
	//alsvet:ignore a worker is for all requests, and enters the scope of each task
	go func() {
		defer p.ended.Done()
		for info := range w.tasks {
			result, err := try(info.task)
			info.done(result, err)
			if err != nil {
				p.replace(w)
				return
			}
			p.freed(w)
		}
	}()
}

func (p *WorkerPool) freed(w *poolWorker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, w)
	p.dispatch()
	p.endIfDone()
}

// replace starts a new worker instead of one that has failed.
func (p *WorkerPool) replace(w *poolWorker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.workers, w)
	p.addNewWorker()
	p.dispatch()
	p.endIfDone()
}

// Close ends the workers when the last task is done. It does not wait for that, because
// a callback may call it. RunTask must not be called any more.
func (p *WorkerPool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.endIfDone()
}

// endIfDone ends the workers of a closed pool if none of them has a task. p.mu is
// held.
func (p *WorkerPool) endIfDone() {
	if !p.closed || len(p.free) < len(p.workers) || len(p.waiting) > 0 {
		return
	}
	for w := range p.workers {
		close(w.tasks)
	}
	p.workers, p.free = nil, nil
	p.closed = false // once
}

// Wait waits for the workers of a closed pool to exit.
func (p *WorkerPool) Wait() { p.ended.Wait() }
