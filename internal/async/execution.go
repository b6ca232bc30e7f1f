package async

import (
	"sync"
	"sync/atomic"
)

// An Execution is the async scope that a goroutine is in: one of a resource, which
// any number of goroutines may be in and nobody writes to, or that of a goroutine
// that Go started, which only that goroutine reads and writes. The zero Execution
// is none.
type Execution struct {
	ID       uint64
	Trigger  uint64
	Resource any // nil for a goroutine whose resource nobody has asked for yet
}

// RootID is the ID of what is in no async scope.
const RootID = 1

var lastID atomic.Uint64

func init() { lastID.Store(RootID) }

// NewID returns an ID that is higher than all that were returned before.
func NewID() uint64 { return lastID.Add(1) }

// CurrentID returns the ID of the async scope that the caller is in.
func CurrentID() uint64 { return current().id() }

func (r *Record) id() uint64 {
	if e := r.execution(); e != nil {
		return e.ID
	}
	return RootID
}

// CurrentTrigger returns the ID of what caused the async scope that the caller is
// in, 0 if it is in none.
func CurrentTrigger() uint64 {
	if e := current().execution(); e != nil {
		return e.Trigger
	}
	return 0
}

// CurrentExecution returns the async scope that the caller is in. A goroutine
// that Go started gets its resource here if it has none yet.
func CurrentExecution() Execution {
	e := current().execution()
	if e == nil {
		return Execution{ID: RootID}
	}
	if e.Resource == nil {
		e.Resource = &Goroutine{e.ID}
	}
	return *e
}

// A Goroutine is the resource of a goroutine that Go started.
type Goroutine struct{ ID uint64 }

// beginExecution makes a goroutine that Go started an async scope. The memory for
// it stays with the record, for the next one.
func (r *Record) beginExecution(e Execution) {
	x := r.extras()
	if x.execution == nil {
		x.execution = new(Execution)
	}
	*x.execution = e
}

// endExecution ends what beginExecution began.
func (r *Record) endExecution() { *r.extras().execution = Execution{} }

// GoroutineType is the type of the resource of a goroutine that Go started.
const GoroutineType = "GOROUTINE"

// Go starts fn in a new goroutine that begins in the caller's context and is an
// async scope of its own.
func Go(fn func()) {
	r := current()
	var c Context
	if r != nil {
		c = r.capture()
	}
	c.start(r.id(), fn)
}

// Go is Go in c.
func (c Context) Go(fn func()) { c.start(CurrentID(), fn) }

func (c Context) start(trigger uint64, fn func()) {
	t := tasks.Get().(*task)
	t.context, t.id, t.trigger, t.fn = c, NewID(), trigger, fn
	if Hooked() {
		resource := &Goroutine{t.id}
		t.resource = resource
		EmitInit(t.id, GoroutineType, trigger, resource)
	}
	go t.main()
}

// A task is what Go tells a new goroutine. The goroutine gives it back at once, so
// that Go allocates nothing. A closure instead made als.Go 1.25 times a go
// statement, with this it is 1.12.
type task struct {
	context  Context
	id       uint64
	trigger  uint64
	resource any
	fn       func()
	main     func() // run of this task
}

var tasks sync.Pool

func init() {
	tasks.New = func() any {
		t := new(task)
		t.main = t.run
		return t
	}
}

// run is the whole of a goroutine that Go started. Its frame lies under the user's,
// in a stack that begins with two kilobytes and is copied when it grows, so what it
// need not keep is in begin. With all of it here the frames took 280 bytes instead of
// 100, and a request that starts four goroutines which log took 3 % longer.
func (t *task) run() {
	r, fn := t.begin()
	defer r.endScope()
	if Hooked() {
		EmitBefore(r.id())
	}
	fn()
}

// begin makes the goroutine what the task says and gives the task back.
func (t *task) begin() (*Record, func()) {
	r := newRecord()
	r.begin(t.context)
	r.beginExecution(Execution{t.id, t.trigger, t.resource})
	fn := t.fn
	t.context, t.resource, t.fn = Context{}, nil, nil
	tasks.Put(t)
	return r, fn
}

// endScope is the end of such a goroutine, also by panic or Goexit.
func (r *Record) endScope() {
	if !Hooked() {
		r.endExecution()
		r.leaveGoroutine()
		return
	}
	id := r.id()
	defer EmitDestroy(id)
	defer r.leaveGoroutine()
	defer r.endExecution()
	EmitAfter(id)
}

// EnterExecution switches to c and into the async scope e, which nobody may write
// to any more.
//
//	s, was := c.EnterExecution(e)
//	defer s.LeaveExecution(was)
//
// A struct with both results would be passed in memory, which made it 2 times as
// expensive.
func (c Context) EnterExecution(e *Execution) (s Switch, was *Execution) {
	s = c.Enter()
	x := s.rec.extras()
	was, x.execution = x.execution, e
	return s, was
}

// LeaveExecution goes back to where EnterExecution was called.
func (s Switch) LeaveExecution(was *Execution) {
	s.rec.extras().execution = was
	s.Leave()
}
