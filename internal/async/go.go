package async

import (
	"slices"
	"sync/atomic"
)

// GoroutineType is the type of the resource of a goroutine that als.Go started.
const GoroutineType = "GOROUTINE"

// Task returns a function for the caller's go statement, which tracebacks show. It runs fn
// in the caller's context, in an async scope of its own.
func Task(fn func()) func() {
	r := Current()
	var c Context
	if r != nil {
		c = r.capture()
	}
	return c.task(r, fn)
}

// Task is [Task] in c.
func (c Context) Task(fn func()) func() { return c.task(Current(), fn) }

// task is Task of a goroutine with the record r. It returns fn itself if there is
// nothing to set up: no stores to inherit, no async scope, and no observer.
func (c Context) task(r *Record, fn func()) func() {
	identified := Identified.Load()
	if c.cells == nil && !identified && observing.Load() == nil {
		return fn
	}
	if r == nil {
		r = newRecord()
	}
	var id, trigger uint64
	var resource *Goroutine
	if identified {
		trigger = r.id()
		id, resource = identify(trigger) // before there is a task: hooks may panic
	}
	t := r.extras().tasks.task()
	t.context, t.fn = c, fn
	if identified {
		t.id, t.trigger = id, trigger
		if resource != nil {
			t.resource = resource
		}
	}
	r.raceIdle() // it may have been made for the task
	return t.main
}

// A task carries fn, the context and the async scope to a goroutine that Go starts. That
// goroutine releases it before it calls fn, so als.Go reuses tasks and allocates nothing.
// With a closure instead, als.Go took 1.25 times a go statement.
//
// A task fills one cache line, which passes from the starting goroutine to the new one
// and back. Nothing else is written by both.
type task struct {
	context Context
	fn      func()
	main    func() // the method value t.run

	// The async scope of the new goroutine: id is 0 where goroutines are not identified,
	// resource nil if no hook has been called.
	id, trigger uint64
	resource    *Goroutine

	// given counts the goroutines that were started with the task, taken those that
	// have read it. Where they are equal the task is free. The starting goroutine writes
	// given; its load of taken pairs with the store by the new goroutine, which does
	// not touch the task afterwards.
	given uint32
	taken atomic.Uint32
}

// A ring has the tasks of a goroutine that starts others. They are used in turn: the next
// one was used longest ago, and is most often free again. A task that its goroutine has not
// read yet is skipped.
type ring struct {
	tasks []*task
	last  int // index of the task that was looked at last
}

// maxTasks is how many tasks a ring keeps.
const maxTasks = 256

// task returns a free task.
func (g *ring) task() *task {
	for range min(2, len(g.tasks)) {
		if g.last++; g.last == len(g.tasks) {
			g.last = 0
		}
		if t := g.tasks[g.last]; t.taken.Load() == t.given {
			t.given++
			return t
		}
	}
	return g.newTask()
}

// newTask returns a new task, which the ring keeps if it has room.
func (g *ring) newTask() *task {
	t := &task{given: 1}
	t.main = t.run
	if len(g.tasks) < maxTasks {
		g.last = min(g.last+1, len(g.tasks))
		g.tasks = slices.Insert(g.tasks, g.last, t)
	}
	return t
}

// identify returns the ID of a goroutine to be started, and calls the Init callbacks for it.
// It returns the goroutine's resource if there are any.
func identify(trigger uint64) (id uint64, resource *Goroutine) {
	id = NewID()
	if Hooked() {
		resource = &Goroutine{id}
		EmitInit(id, GoroutineType, trigger, resource)
	}
	return id, resource
}

// run is the function of a goroutine that Go starts. Its frame stays on the stack beneath
// fn, so keep it small: setup is in begin. With begin inside it, the frames took 280 bytes
// instead of 100, and common goroutines outgrew their first 2 KiB. A request that starts
// four goroutines which log took 3 % longer.
func (t *task) run() {
	r, fn := t.begin()
	defer r.endTask()
	if Hooked() {
		r.emitBefore()
	}
	fn()
}

// begin sets up the goroutine's record from t and releases t.
func (t *task) begin() (*Record, func()) {
	r := Adopt(t.context)
	if o := observing.Load(); o != nil {
		o.Changed(r, true)
	}
	if t.id != 0 {
		r.extras().beginAsyncScope(t)
	}
	fn := t.fn
	t.context, t.fn = Context{}, nil
	t.taken.Store(t.given)
	return r, fn
}

func (r *Record) emitBefore() {
	if a := r.asyncScope(); a != nil {
		EmitBefore(a.ID)
	}
}

// endTask runs when fn returns, panics, or calls Goexit.
func (r *Record) endTask() {
	if Hooked() {
		r.endHookedTask()
		return
	}
	if x := r.someExtras(); x != nil {
		x.endAsyncScope() // leaveGoroutine would do it with one more call
	}
	r.leaveGoroutine()
}

// endHookedTask is separate from endTask for the same reason as begin from run.
func (r *Record) endHookedTask() {
	if a := r.asyncScope(); a != nil {
		id := a.ID
		defer EmitDestroy(id)
		defer r.leaveGoroutine()
		EmitAfter(id)
		return
	}
	r.leaveGoroutine()
}
