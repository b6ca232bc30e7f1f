package hooks

import (
	"errors"
	"runtime"
	"sync/atomic"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// ErrDestroyed is what [AsyncResource.EmitDestroy] returns from its second call on.
var ErrDestroyed = errors.New("hooks: EmitDestroy: the resource has been destroyed")

// An AsyncResource stands for a piece of work that runs later or elsewhere. It
// captures the execution context in which it is created and runs functions in it.
// It may be used by any number of goroutines at once. It keeps the captured stores
// alive.
//
// It is Node's AsyncResource; embed it where Node would extend it.
type AsyncResource struct {
	typ       string
	execution async.Execution // IDs; the resource is this one
	context   async.Context
	cleanup   runtime.Cleanup // emits Destroy if the resource becomes garbage

	// state is twice the number of functions that run in the resource with
	// events, plus 1 once EmitDestroy was called. Whoever brings it to 1 calls the
	// Destroy callbacks: EmitDestroy if nothing runs, else the last function's
	// end. It never leaves 1.
	state atomic.Int64
}

const destroyed = 1

// ResourceOptions are what [NewAsyncResource] can be told. At most one is given.
type ResourceOptions struct {
	// TriggerAsyncID is the ID of what causes the resource. The default, 0, is the
	// async scope of the caller.
	TriggerAsyncID ID

	// RequireManualDestroy says that nobody but EmitDestroy calls the Destroy
	// callbacks. Otherwise they are called, too, when the resource is garbage, if
	// a hook with a Destroy callback is enabled then.
	RequireManualDestroy bool
}

// NewAsyncResource returns a resource with the caller's execution context, and
// calls the Init callbacks. typ says what kind of work it is; by convention it
// starts with the name of the package.
//
// It panics if typ is empty, and if there is more than one ResourceOptions.
func NewAsyncResource(typ string, opts ...ResourceOptions) *AsyncResource {
	if typ == "" {
		panic("hooks: NewAsyncResource: typ is empty")
	}
	if len(opts) > 1 {
		panic("hooks: NewAsyncResource: more than one ResourceOptions")
	}
	var o ResourceOptions
	if len(opts) == 1 {
		o = opts[0]
	}
	trigger := uint64(o.TriggerAsyncID)
	if trigger == 0 {
		trigger = async.CurrentID()
	}
	a := &AsyncResource{typ: typ, context: async.Capture()}
	a.execution = async.Execution{ID: async.NewID(), Trigger: trigger, Resource: a}
	if !o.RequireManualDestroy {
		a.cleanup = runtime.AddCleanup(a, async.EmitDestroy, a.execution.ID)
	}
	if async.Hooked() {
		async.EmitInit(a.execution.ID, typ, trigger, a)
	}
	return a
}

// Type returns the type that the resource was created with.
func (a *AsyncResource) Type() string { return a.typ }

// AsyncID returns the resource's ID.
func (a *AsyncResource) AsyncID() ID { return ID(a.execution.ID) }

// TriggerAsyncID returns the ID of what caused the resource.
func (a *AsyncResource) TriggerAsyncID() ID { return ID(a.execution.Trigger) }

// RunInAsyncScope calls fn in the resource's context: with the stores that it was
// created with, and with its IDs. It calls the Before callbacks, fn, and the After
// callbacks, also if fn panics or calls [runtime.Goexit], and then puts the
// caller's context back. A resource that was destroyed still runs functions, but
// calls no callbacks. Where no hook is enabled it costs 1.2 times an
// als.ExecutionContext.Run, and allocates nothing.
//
// It panics if fn is nil.
func (a *AsyncResource) RunInAsyncScope(fn func()) {
	if fn == nil {
		panic("hooks: AsyncResource.RunInAsyncScope: fn is nil")
	}
	if async.Hooked() {
		a.runWithEvents(fn)
		return
	}
	s, was := a.context.EnterExecution(&a.execution)
	defer a.leave(s, was)
	fn()
}

// runWithEvents is RunInAsyncScope where a hook is enabled.
func (a *AsyncResource) runWithEvents(fn func()) {
	counted := a.begin()
	s, was := a.context.EnterExecution(&a.execution)
	defer a.leaveWithEvents(s, was, counted)
	if counted {
		async.EmitBefore(a.execution.ID)
	}
	fn()
}

// leave is what follows a function, however it ended, where no hook was enabled
// before it. Such a function is not counted, which would be two thirds of its cost.
// If one is enabled now, After is the next event.
func (a *AsyncResource) leave(s async.Switch, was *async.Execution) {
	if async.Hooked() {
		a.leaveWithEvents(s, was, a.begin())
		return
	}
	s.LeaveExecution(was)
}

// leaveWithEvents is the same for a function that has been counted. One that was
// not because the resource has been destroyed has no events: nothing comes after
// Destroy.
func (a *AsyncResource) leaveWithEvents(s async.Switch, was *async.Execution, counted bool) {
	if !counted {
		s.LeaveExecution(was)
		return
	}
	defer a.end()
	defer s.LeaveExecution(was)
	async.EmitAfter(a.execution.ID)
}

// begin counts a function in, unless the resource has been destroyed.
func (a *AsyncResource) begin() (counted bool) {
	for {
		state := a.state.Load()
		if state&destroyed != 0 {
			return false
		}
		if a.state.CompareAndSwap(state, state+2) {
			return true
		}
	}
}

// end counts a function out that begin has counted in.
func (a *AsyncResource) end() {
	if a.state.Add(-2) == destroyed {
		async.EmitDestroyAside(a.execution.ID)
	}
}

// EmitDestroy says that the resource is done, and calls the Destroy callbacks, if
// functions run in it at the moment when the last of them is done. Functions that
// began while no hook was enabled do not count: they have no events after this. The
// second call returns [ErrDestroyed] and calls nothing.
func (a *AsyncResource) EmitDestroy() error {
	for {
		state := a.state.Load()
		if state&destroyed != 0 {
			return ErrDestroyed
		}
		if !a.state.CompareAndSwap(state, state|destroyed) {
			continue
		}
		a.cleanup.Stop()
		if state == 0 {
			async.EmitDestroyAside(a.execution.ID)
		}
		runtime.KeepAlive(a) // until the cleanup was stopped
		return nil
	}
}

// Bind returns a function that calls fn with [AsyncResource.RunInAsyncScope]. It
// keeps the resource alive. It panics if fn is nil.
func (a *AsyncResource) Bind(fn func()) func() {
	if fn == nil {
		panic("hooks: AsyncResource.Bind: fn is nil")
	}
	return func() { a.RunInAsyncScope(fn) }
}

// anonymous is the type of a resource that Bind was given no name for, as in Node.
const anonymous = "bound-anonymous-fn"

// Bind binds fn to the caller's execution context through a resource of its own,
// and returns both. An empty typ stands for "bound-anonymous-fn". als.Bind is the
// cheaper choice where nobody watches.
//
// It panics if fn is nil.
func Bind(fn func(), typ string) (func(), *AsyncResource) {
	if fn == nil {
		panic("hooks: Bind: fn is nil")
	}
	if typ == "" {
		typ = anonymous
	}
	a := NewAsyncResource(typ)
	return a.Bind(fn), a
}
