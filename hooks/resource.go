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
	typ     string
	id      uint64
	trigger uint64
	context async.Context
	cleanup runtime.Cleanup // emits Destroy if the resource becomes garbage

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
	a := &AsyncResource{
		typ:     typ,
		id:      async.NewID(),
		trigger: uint64(o.TriggerAsyncID),
		context: async.Capture(),
	}
	if a.trigger == 0 {
		a.trigger = async.CurrentID()
	}
	if !o.RequireManualDestroy {
		a.cleanup = runtime.AddCleanup(a, async.EmitDestroy, a.id)
	}
	if async.Hooked() {
		async.EmitInit(a.id, a.typ, a.trigger, a)
	}
	return a
}

// Type returns the type that the resource was created with.
func (a *AsyncResource) Type() string { return a.typ }

// AsyncID returns the resource's ID.
func (a *AsyncResource) AsyncID() ID { return ID(a.id) }

// TriggerAsyncID returns the ID of what caused the resource.
func (a *AsyncResource) TriggerAsyncID() ID { return ID(a.trigger) }

// RunInAsyncScope calls fn in the resource's context: with the stores that it was
// created with, and with its IDs. It calls the Before callbacks, fn, and the After
// callbacks, also if fn panics or calls [runtime.Goexit], and then puts the
// caller's context back.
//
// It panics if fn is nil.
func (a *AsyncResource) RunInAsyncScope(fn func()) {
	if fn == nil {
		panic("hooks: AsyncResource.RunInAsyncScope: fn is nil")
	}
	counted := a.begin()
	visit := async.EnterExecution(a.context, async.Execution{ID: a.id, Trigger: a.trigger, Resource: a})
	defer a.leave(visit, counted)
	if counted && async.Hooked() {
		async.EmitBefore(a.id)
	}
	fn()
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

// leave is what follows a function, however it ended.
func (a *AsyncResource) leave(visit async.Visit, counted bool) {
	if !counted {
		visit.Leave()
		return
	}
	if !async.Hooked() { // no callback that could panic: no need to defer
		visit.Leave()
		a.end()
		return
	}
	defer a.end()
	defer visit.Leave()
	async.EmitAfter(a.id)
}

// end counts a function out that begin has counted in.
func (a *AsyncResource) end() {
	if a.state.Add(-2) == destroyed {
		async.EmitDestroyAside(a.id)
	}
}

// EmitDestroy says that the resource is done, and calls the Destroy callbacks, if
// functions run in it at the moment when the last of them is done. The second call
// returns [ErrDestroyed] and calls nothing.
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
			async.EmitDestroyAside(a.id)
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
