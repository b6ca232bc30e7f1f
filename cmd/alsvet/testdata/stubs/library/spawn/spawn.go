// Package spawn runs functions elsewhere and does not use als.
package spawn

import "sync"

func SafeGo(f func()) {
	go func() {
		defer func() { _ = recover() }()
		f()
	}()
}

func Deeper(name string, fs ...func()) {
	for _, f := range fs {
		SafeGo(f)
	}
}

type Pool struct {
	jobs  chan func()
	tasks chan task
	mu    sync.Mutex
	cond  *sync.Cond
	queue []func()
}

type task struct {
	name string
	run  func()
}

func (p *Pool) Do(f func())                 { p.jobs <- f }
func (p *Pool) Named(name string, f func()) { p.tasks <- task{name, f} }
func (p *Pool) Wrapped(f func() error)      { p.jobs <- func() { _ = f() } }
func (p *Pool) Handle(h func(name string))  { go p.loop(h) }
func (p *Pool) Run(f func())                { f() }

func (p *Pool) Queue(f func()) {
	p.mu.Lock()
	p.queue = append(p.queue, f)
	p.mu.Unlock()
	p.cond.Signal()
}

func (p *Pool) loop(h func(string)) {
	for t := range p.tasks {
		h(t.name)
	}
}

type Spawner interface{ Go(func()) }

type Job struct {
	Name string
	Run  func()
}

func (p *Pool) Submit(j Job) { p.jobs <- j.Run }

// A Ring runs functions on a worker that takes them out of a ring.
type Ring struct{ q queue }

type queue interface{ add(f func()) bool }

type ring struct {
	cond  *sync.Cond
	nodes []func()
	tail  int
}

func (r *ring) add(f func()) bool {
	r.nodes[r.tail] = f
	r.tail = (r.tail + 1) % len(r.nodes)
	r.cond.Signal()
	return true
}

// Submit puts f into the ring.
func (r *Ring) Submit(f func()) error {
	r.q.add(f)
	return nil
}

// Hooks are called again and again, for as long as the program runs.
type Hooks struct{ all []func() }

// Add adds f.
func (h *Hooks) Add(f func()) { h.all = append(h.all, f) }

// Run calls all hooks.
func (h *Hooks) Run() {
	for _, f := range h.all {
		f()
	}
}

// A Doer does what a client of this package asks for.
type Doer interface{ Do(name string) error }
