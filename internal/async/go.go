package async

import "sync/atomic"

// GoroutineType is the type of the resource of a goroutine that als.Go started.
const GoroutineType = "GOROUTINE"

// Task returns a function for the caller's go statement, which tracebacks show. It runs fn
// in the caller's context, in an async scope of its own.
func Task(fn func()) func() {
	r := current()
	var c Context
	if r != nil {
		c = r.capture()
	}
	return c.task(r, fn)
}

// Task is [Task] in c.
func (c Context) Task(fn func()) func() { return c.task(current(), fn) }

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
	var scope AsyncScope
	if identified {
		scope = identify(r.id()) // before there is a task: hooks may panic
	}
	t := r.extras().tasks.task()
	t.context, t.fn = c, fn
	if identified {
		t.setScope(scope)
	}
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
	scope   *AsyncScope // nil or zero where goroutines are not identified
	main    func()      // the method value t.run
	next    *task       // in the ring of the goroutine that starts others

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
	last *task // most recently used
	size int
}

// maxTasks is how many tasks a ring keeps.
const maxTasks = 256

// task returns a free task.
func (g *ring) task() *task {
	if g.last != nil {
		for range 2 {
			t := g.last.next
			g.last = t
			if t.taken.Load() == t.given {
				t.given++
				return t
			}
		}
	}
	return g.newTask()
}

// newTask returns a new task, which the ring keeps if it has room.
func (g *ring) newTask() *task {
	t := &task{given: 1}
	t.main = t.run
	if g.size < maxTasks {
		if t.next = t; g.last != nil {
			t.next, g.last.next = g.last.next, t
		}
		g.last = t
		g.size++
	}
	return t
}

// setScope sets the async scope of the goroutine to be started. The task keeps the memory
// for it.
func (t *task) setScope(e AsyncScope) {
	if t.scope == nil {
		t.scope = new(AsyncScope)
	}
	*t.scope = e
}

// identify returns the async scope of a goroutine to be started, and calls the Init
// callbacks for it.
func identify(trigger uint64) AsyncScope {
	e := AsyncScope{ID: NewID(), Trigger: trigger}
	if Hooked() {
		e.Resource = &Goroutine{e.ID}
		EmitInit(e.ID, GoroutineType, trigger, e.Resource)
	}
	return e
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
	if t.scope != nil || observing.Load() != nil {
		t.announce(r)
	}
	fn := t.fn
	t.context, t.fn = Context{}, nil
	t.taken.Store(t.given)
	return r, fn
}

// announce is the part of begin that only programs with hooks or observers need.
func (t *task) announce(r *Record) {
	if o := observing.Load(); o != nil {
		o.Changed(r, true)
	}
	if t.scope != nil && t.scope.ID != 0 {
		r.beginAsyncScope(*t.scope)
		*t.scope = AsyncScope{}
	}
}

func (r *Record) emitBefore() {
	if e := r.asyncScope(); e != nil {
		EmitBefore(e.ID)
	}
}

// endTask runs when fn returns, panics, or calls Goexit.
func (r *Record) endTask() {
	if r.extra != nil {
		r.endTaskInScope()
		return
	}
	r.leaveGoroutine()
}

// endTaskInScope is endTask for a goroutine that may have an async scope. It is separate
// from endTask for the same reason as begin from run.
func (r *Record) endTaskInScope() {
	if e := r.asyncScope(); e != nil && Hooked() {
		id := e.ID
		defer EmitDestroy(id)
		defer r.leaveTask()
		EmitAfter(id)
		return
	}
	r.leaveTask()
}

func (r *Record) leaveTask() {
	r.endAsyncScope()
	r.leaveGoroutine()
}
