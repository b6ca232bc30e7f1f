package hooks

import (
	"errors"
	"runtime"
	"sync/atomic"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// ErrDestroyed is the result of every [AsyncResource.EmitDestroy] after the first.
var ErrDestroyed = errors.New("hooks: EmitDestroy: the resource has been destroyed")

// An AsyncResource stands for a piece of work that runs later or elsewhere. It
// captures the execution context in which it is created and runs functions in it.
// It may be used by any number of goroutines at once. It keeps the captured stores
// alive.
//
// It is Node's AsyncResource; embed it where Node would extend it.
type AsyncResource struct {
	typ        string
	asyncScope async.AsyncScope // the IDs, and this resource
	context    async.Context
	cleanup    runtime.Cleanup // emits Destroy if the resource becomes garbage

	// state is twice the number of functions that run in the resource with
	// events, plus 1 once EmitDestroy was called. The goroutine that sets it to 1
	// calls the Destroy callbacks: in EmitDestroy if no function runs, else at the
	// end of the last one. It never leaves 1.
	state atomic.Int64
}

const destroyed = 1

// ResourceOptions configure an AsyncResource. [NewAsyncResource] takes at most one.
type ResourceOptions struct {
	// TriggerAsyncID is the ID of the resource that causes this one. The default, 0,
	// stands for the async scope of the caller.
	TriggerAsyncID ID

	// RequireManualDestroy leaves the Destroy event to EmitDestroy. Otherwise a
	// resource that becomes garbage without EmitDestroy fires Destroy once, if a
	// hook with a Destroy callback is enabled then.
	RequireManualDestroy bool
}

// NewAsyncResource returns a resource with the caller's execution context, and
// calls the Init callbacks. typ says what kind of work it is; by convention it
// starts with the name of the package. It is Node's new AsyncResource.
//
// It allocates the resource and captures the context. Without RequireManualDestroy it
// also registers a cleanup with the runtime, which costs several times as much.
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
	a.asyncScope = async.AsyncScope{ID: async.NewID(), Trigger: trigger, Resource: a}
	if !o.RequireManualDestroy {
		a.cleanup = runtime.AddCleanup(a, async.EmitDestroy, a.asyncScope.ID)
	}
	if async.Hooked() {
		async.EmitInit(a.asyncScope.ID, typ, trigger, a)
	}
	return a
}

// Type returns the type that the resource was created with.
func (a *AsyncResource) Type() string { return a.typ }

// AsyncID returns the resource's ID. It is Node's asyncId.
func (a *AsyncResource) AsyncID() ID { return ID(a.asyncScope.ID) }

// TriggerAsyncID returns the ID of the resource that caused this one. It is Node's
// triggerAsyncId.
func (a *AsyncResource) TriggerAsyncID() ID { return ID(a.asyncScope.Trigger) }

// RunInAsyncScope calls fn in the resource's context: with the stores that it was
// created with, and with its IDs. It calls the Before callbacks, fn, and the After
// callbacks, also if fn panics or calls [runtime.Goexit], and then restores the
// caller's context. A destroyed resource still runs functions, but calls no
// callbacks. With no hook enabled it costs 1.2 times an als.ExecutionContext.Run,
// and allocates nothing. It is Node's runInAsyncScope.
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
	s, was := a.context.EnterAsyncScope(&a.asyncScope)
	defer a.leave(s, was)
	fn()
}

// runWithEvents is RunInAsyncScope while a hook is enabled.
func (a *AsyncResource) runWithEvents(fn func()) {
	counted := a.countIn()
	s, was := a.context.EnterAsyncScope(&a.asyncScope)
	defer a.leaveWithEvents(s, was, counted)
	if counted {
		async.EmitBefore(a.asyncScope.ID)
	}
	fn()
}

// leave ends a function that began while no hook was enabled. Such a function is
// not counted: counting would be two thirds of its cost. If a hook has been enabled
// meanwhile, it gets the After event.
func (a *AsyncResource) leave(s async.Switch, was *async.AsyncScope) {
	if async.Hooked() {
		a.leaveWithEvents(s, was, a.countIn())
		return
	}
	s.LeaveAsyncScope(was)
}

// leaveWithEvents ends a function, with an After event if it was counted. One that was
// not counted began after EmitDestroy and has no events, because none follows Destroy.
func (a *AsyncResource) leaveWithEvents(s async.Switch, was *async.AsyncScope, counted bool) {
	if !counted {
		s.LeaveAsyncScope(was)
		return
	}
	defer a.countOut()
	defer s.LeaveAsyncScope(was)
	async.EmitAfter(a.asyncScope.ID)
}

// countIn counts a function that begins, unless EmitDestroy was called before.
func (a *AsyncResource) countIn() (counted bool) {
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

// countOut ends a function that countIn counted. The last one calls Destroy if
// EmitDestroy left that to it.
func (a *AsyncResource) countOut() {
	if a.state.Add(-2) == destroyed {
		async.EmitDestroyIsolated(a.asyncScope.ID)
	}
}

// EmitDestroy ends the resource: it calls the Destroy callbacks and returns nil.
// While functions run in the resource, the last of them to end calls the callbacks
// instead; functions that began while no hook was enabled do not count and have no
// further events. Every later call returns [ErrDestroyed] and calls no callback. It
// is Node's emitDestroy.
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
			async.EmitDestroyIsolated(a.asyncScope.ID)
		}
		runtime.KeepAlive(a) // or the cleanup could run before Stop
		return nil
	}
}

// Bind returns a function that calls fn with [AsyncResource.RunInAsyncScope]. It
// keeps the resource alive. It panics if fn is nil. It is Node's asyncResource.bind.
func (a *AsyncResource) Bind(fn func()) func() {
	if fn == nil {
		panic("hooks: AsyncResource.Bind: fn is nil")
	}
	return func() { a.RunInAsyncScope(fn) }
}

// anonymous is the type of a resource for which Bind was given none, as in Node.
const anonymous = "bound-anonymous-fn"

// Bind binds fn to the caller's execution context through a resource of its own,
// and returns both. An empty typ stands for "bound-anonymous-fn". Where no hook
// needs to see the resource, als.Bind is cheaper. It is Node's AsyncResource.bind.
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
