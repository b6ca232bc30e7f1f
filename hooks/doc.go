// Package hooks reports the life of asynchronous work: which goroutine or callback
// caused which, and when each starts, pauses and finishes. It is Node's async_hooks
// with its AsyncResource.
//
// Package als carries data. This package observes, and serves authors of pools,
// queues and drivers, where one goroutine causes a callback and another calls it.
//
// # Words
//
// An async resource stands for a piece of work that runs later or elsewhere: a
// query, a task of a pool, a goroutine that als.Go started. It has an ID, a type,
// and the execution context in which it was created. Its trigger is the ID of the
// resource that caused it. While a function runs in a resource, its goroutine is in
// the resource's async scope. A hook is a set of callbacks for four events.
//
// # Events
//
//	Init     a resource is created; on the goroutine that creates it
//	Before   a function is about to run in it; inside its context
//	After    that function has ended, also by panic or Goexit; inside its context
//	Destroy  its work is finished; at most once, and after the last After
//
// Before and After of one goroutine are strictly nested. Callbacks run on the
// goroutine where the event happens, in the order in which their hooks were
// enabled. Enabling or disabling a hook, also in a callback, takes effect with the
// next event. A panic in a callback propagates from the place of the event. The
// callbacks of later hooks are then not called for this event, and the execution
// context is restored. A Before that panicked is still followed by an After, for all
// hooks. Stores set by an Init or Destroy callback end with the event; stores set by
// a Before callback are current in the function.
//
// Destroy comes from [AsyncResource.EmitDestroy], or, if the resource becomes
// garbage without it, from a goroutine of the runtime after a garbage collection.
// EmitDestroy returns at once; while functions run in the resource, the last of
// them to end calls Destroy on its goroutine. A destroyed resource still runs
// functions, in its context and without events.
//
// # Costs
//
// With no hook enabled an event costs the load of one word. IDs are assigned all the
// same.
//
// # Node's names
//
//	executionAsyncId()             ExecutionAsyncID
//	triggerAsyncId()               TriggerAsyncID
//	executionAsyncResource()       ExecutionAsyncResource
//	createHook(callbacks)          New
//	asyncHook.enable, disable      Hook.Enable, Hook.Disable
//	new AsyncResource(type, opts)  NewAsyncResource, ResourceOptions
//	  runInAsyncScope              AsyncResource.RunInAsyncScope
//	  emitDestroy                  AsyncResource.EmitDestroy; a second call is an error
//	  asyncId, triggerAsyncId      AsyncResource.AsyncID, AsyncResource.TriggerAsyncID
//	  bind                         AsyncResource.Bind
//	AsyncResource.bind             Bind, which returns the resource, too: a Go func
//	                               has no properties
//	promiseResolve                 none: Go has no promises
//	thisArg, args                  none: a Go closure has both
//	trackPromises                  none
//
// Outside any async scope ExecutionAsyncID is 1, as in Node at the top level,
// and TriggerAsyncID is 0. Plain go statements, timers and I/O are no resources and
// emit no events.
package hooks
