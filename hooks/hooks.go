package hooks

import "github.com/seed-1938943e/goroutine/internal/async"

// An ID names an async resource. IDs are unique in a process and increase in the
// order of creation. 0 names no resource; 1 is the ID outside any scope.
type ID uint64

// A program that links this package has an ID and an async scope for each goroutine
// that als.Go starts.
func init() { async.Identified.Store(true) }

// ExecutionAsyncID returns the ID of the async scope that the caller is in, 1
// outside any. It takes a few nanoseconds and allocates nothing. It is Node's
// executionAsyncId.
func ExecutionAsyncID() ID { return ID(async.CurrentID()) }

// TriggerAsyncID returns the ID of the resource that caused the async scope that
// the caller is in, 0 outside any. It costs what [ExecutionAsyncID] costs. It is Node's
// triggerAsyncId.
func TriggerAsyncID() ID { return ID(async.CurrentTrigger()) }

// ExecutionAsyncResource returns the resource whose async scope the caller is in: an
// [*AsyncResource] or, in a goroutine of als.Go, a value that stands for the goroutine.
// The goroutine's first call allocates that value; later ones return the same. It is nil
// outside any async scope. It is Node's executionAsyncResource.
func ExecutionAsyncResource() any { return async.CurrentAsyncScope().Resource }

// Callbacks are the functions of a hook. Each may be nil.
//
// They are called from many goroutines at once. An Init callback that creates an
// async resource, with als.Go say, calls Init again and recurses without end.
type Callbacks struct {
	// Init is called when a resource is created. resource is what
	// [ExecutionAsyncResource] will return in its scope.
	Init func(id ID, typ string, trigger ID, resource any)
	// Before is called before a function runs in the resource's scope.
	Before func(id ID)
	// After is called after that function has ended, also by panic or Goexit.
	After func(id ID)
	// Destroy is called when the resource will not be used any more.
	Destroy func(id ID)
}

// A Hook is a set of callbacks that can be enabled and disabled, by any goroutine.
type Hook struct {
	h async.Hook
}

// New returns a hook, not yet enabled. It is Node's createHook.
func New(cb Callbacks) *Hook {
	var h Hook
	if f := cb.Init; f != nil {
		h.h.Init = func(id uint64, typ string, trigger uint64, resource any) {
			f(ID(id), typ, ID(trigger), resource)
		}
	}
	h.h.Before = withID(cb.Before)
	h.h.After = withID(cb.After)
	h.h.Destroy = withID(cb.Destroy)
	return &h
}

func withID(f func(ID)) func(uint64) {
	if f == nil {
		return nil
	}
	return func(id uint64) { f(ID(id)) }
}

// Enable enables the hook: from the next event on its callbacks are called, after
// those of the hooks that are already enabled. Enabling an enabled hook does
// nothing. It returns h. While any hook is enabled, als.Go and RunInAsyncScope cost
// a few more nanoseconds, and what the callbacks take.
func (h *Hook) Enable() *Hook {
	async.EnableHook(&h.h)
	return h
}

// Disable disables the hook: from the next event on its callbacks are not called.
// It returns h.
func (h *Hook) Disable() *Hook {
	async.DisableHook(&h.h)
	return h
}
