package async

import (
	"sync/atomic"
	"unsafe"
)

// GoroutineType is the type of the resource of a goroutine that als.Go started.
const GoroutineType = "GOROUTINE"

// Task returns what a go statement starts so that fn runs in the caller's context, in
// an async scope of its own. The go statement is the caller's, for tracebacks.
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

// task is Task of a goroutine with the record r. Where there is nothing to tell the
// new goroutine it is fn itself.
func (c Context) task(r *Record, fn func()) func() {
	identified := Identified.Load()
	if c.cells == nil && !identified && observing.Load() == nil {
		return fn
	}
	if r == nil {
		r = newRecord()
	}
	t := r.extras().newTask()
	t.context, t.fn = c, fn
	if identified {
		t.identify(r.id())
	}
	return t.main
}

// A task is what Go tells a new goroutine. The goroutine gives it back at once, so
// that als.Go allocates nothing. A closure instead made it 1.25 times a go statement.
type task struct {
	context    Context
	fn         func()
	asyncScope AsyncScope // zero where goroutines are not identified
	main       func()     // run of this task
	home       *home      // of the goroutine that calls Go

	next  *task        // in the list of those that were given back
	depth atomic.Int32 // how many there are from this one on
}

// A home has the tasks that goroutines have given back to the one that started them.
// They push, it takes all with one swap. A sync.Pool instead, which finds them on the
// processor of whoever gave them back, took 30 of 110 nanoseconds with 64 goroutines
// at a time. It has a cache line of its own.
type home struct {
	returned atomic.Pointer[task]
	_        [cacheLine - unsafe.Sizeof(uintptr(0))]byte
}

const cacheLine = 64

// maxTasks is how many tasks a home keeps.
const maxTasks = 256

// newTask returns a task for a goroutine that the record's goroutine starts.
func (x *extras) newTask() *task {
	if x.tasks == nil {
		if x.home == nil {
			x.home = new(home)
		}
		x.tasks = x.home.returned.Swap(nil) // sees all that was pushed
	}
	t := x.tasks
	if t == nil {
		t = &task{home: x.home}
		t.main = t.run
		return t
	}
	x.tasks, t.next = t.next, nil
	return t
}

// put gives a task back.
func (h *home) put(t *task) {
	for {
		top, depth := h.returned.Load(), int32(1)
		if top != nil {
			depth += top.depth.Load() // out of date if it was taken meanwhile; then the swap fails, or all is as it was
		}
		if depth > maxTasks {
			return
		}
		t.next = top
		t.depth.Store(depth)
		if h.returned.CompareAndSwap(top, t) {
			return
		}
	}
}

// identify makes the goroutine to be an async scope. It tells hooks of it.
func (t *task) identify(trigger uint64) {
	t.asyncScope = AsyncScope{ID: NewID(), Trigger: trigger}
	if Hooked() {
		t.asyncScope.Resource = &Goroutine{t.asyncScope.ID}
		EmitInit(t.asyncScope.ID, GoroutineType, trigger, t.asyncScope.Resource)
	}
}

// run is the whole of a goroutine that Go started. Its frame stays on the stack below
// fn, so keep it small: setup is in begin. With all of it here the frames took 280
// bytes instead of 100, which brings common goroutines over their initial 2 KiB: a
// request that starts four of them which log took 3 % longer.
func (t *task) run() {
	r, fn := t.begin()
	defer r.endTask()
	if Hooked() {
		r.emitBefore()
	}
	fn()
}

// begin sets up the goroutine's record from t and gives t back.
func (t *task) begin() (*Record, func()) {
	r := newRecordIn(t.context)
	if t.asyncScope.ID != 0 {
		r.beginAsyncScope(t.asyncScope)
		t.asyncScope = AsyncScope{}
	}
	fn := t.fn
	t.context, t.fn = Context{}, nil
	t.home.put(t)
	return r, fn
}

func (r *Record) emitBefore() {
	if e := r.asyncScope(); e != nil {
		EmitBefore(e.ID)
	}
}

// endTask is the end of such a goroutine, also by panic or Goexit.
func (r *Record) endTask() {
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
