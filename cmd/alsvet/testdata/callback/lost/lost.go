// Package lost has functions that run elsewhere in ways that do not show at first sight.
package lost

import (
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func work() { user.Get() }

// The function in a field runs what it is given, as its name says.
type config struct{ Executor func(func()) }

func (c *config) submit(task func()) {
	c.Executor(func() {
		defer println("done")
		task()
	})
}

func executors(c *config) {
	c.Executor(work) // want `c.Executor runs its argument on another goroutine, without the caller's stores: bind it with als.Bind$`
	c.submit(work)   // want `c.submit runs its argument on another goroutine, without the caller's stores: bind it with als.Bind$`
}

// A field that only this package sets.
type runner struct{ start func(func()) }

func newRunner() *runner { return &runner{start: func(f func()) { go f() }} }

func (r *runner) run() {
	r.start(work) // want `r.start runs its argument on another goroutine, without the caller's stores: bind it with als.Bind$`
}

// The type of the function is a parameter.
func spawn[F ~func()](f F) { go f() }

func generics() {
	spawn(work) // want `spawn runs its argument on another goroutine, without the caller's stores: bind it with als.Bind$`
}

// A heap of functions.
type task struct {
	run func()
	at  time.Time
}

type tasks []task

func (t *tasks) push(next task) { *t = append(*t, next) }

func (t *tasks) pop() task {
	last := (*t)[len(*t)-1]
	*t = (*t)[:len(*t)-1]
	return last
}

type scheduler struct {
	tasks tasks
	wake  chan struct{}
}

func (s *scheduler) at(when time.Time, run func()) {
	s.tasks.push(task{run, when})
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *scheduler) later() {
	s.at(time.Now(), work) // want `s.at runs its argument on another goroutine, without the caller's stores: bind it with als.Bind$`
}

// A timer that runs a list of functions.
type batch struct {
	timer *time.Timer
	funcs []func()
}

func (b *batch) add(f func()) {
	b.funcs = append(b.funcs, f)
	b.timer = time.AfterFunc(time.Second, func() { // want `bind it with als.Bind if it works only for this caller`
		funcs := append([]func(){}, b.funcs...)
		for i := range funcs {
			funcs[i]()
		}
	})
}

// A group that returns the result of the function.
type cache struct{ group group }

type group interface {
	Go(string, func() (string, error)) (string, error)
}

func (c *cache) load() (string, error) {
	return c.group.Go("x", func() (string, error) { // want `bind it with als.Bind if it works only for this caller \(the call that starts it passes nothing to it`
		return c.fetch(), nil
	})
}

func (c *cache) fetch() string { return unknown() }

var unknown func() string

// What other callers join works for them, too.
type flights struct{}

func (f *flights) submit(task func()) { go task() }

type results struct {
	singleflight, others flights
	exec                 func(func())
}

func (c *results) refresh() {
	c.singleflight.submit(func() { work() }) // want `c.singleflight.submit runs its argument .*other callers with its key get its result, too`
	c.others.submit(func() { work() })       // want `c.others.submit runs its argument on another goroutine, without the caller's stores: bind it with als.Bind$`
	c.exec(func() { work() })                // want `c.exec runs its argument on another goroutine, without the caller's stores: bind it with als.Bind$`
}
