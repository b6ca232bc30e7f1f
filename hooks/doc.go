// Package hooks tells about the life of asynchronous work: which goroutine or
// callback was caused by which, when each begins to run, pauses and is done. It is
// Node's async_hooks with its AsyncResource.
//
// Package als is for carrying data. This package is for watching, and for those
// who write pools, queues and drivers, where what causes a callback and who calls
// it are two different things.
//
// # Words
//
// An async resource stands for a piece of work that runs later or elsewhere: a
// query, a task of a pool, a goroutine that als.Go started. It has an ID, a type,
// and the execution context in which it was created. Its trigger is the ID of what
// caused it. While a function runs in it, the goroutine is in the resource's async
// scope. A hook is a set of callbacks for four events.
//
// # Events
//
//	Init     a resource is created; on the goroutine that creates it
//	Before   a function is about to run in it; inside its context
//	After    that function is done, also by panic or Goexit; inside its context
//	Destroy  it will run no more; at most once, and after the last After
//
// Before and After of one goroutine are strictly nested. Callbacks run on the
// goroutine where the event happens, in the order in which their hooks were
// enabled. A hook that is enabled or disabled, in a callback or elsewhere, counts
// from the next event on. A panic in a callback goes to where the event happened,
// keeps the callbacks of later hooks from being called for this event, and leaves
// the execution context restored. After a Before that panicked there is an After
// all the same, for all hooks. What a callback of Init or Destroy does to the
// stores ends with the event; what one of Before does is there in the function.
//
// Destroy comes from [AsyncResource.EmitDestroy], or, if the resource becomes
// garbage without it, from a goroutine of the runtime after a garbage collection.
// EmitDestroy while functions run in the resource waits for the last of them, on
// whose goroutine Destroy is then called. A destroyed resource still runs
// functions, in its context and without events.
//
// # Costs
//
// With no hook enabled an event costs the load of one word. IDs exist all the same.
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
// Outside of any async scope ExecutionAsyncID is 1, as in Node at the top level,
// and TriggerAsyncID is 0. Of what Go itself starts nothing is a resource: plain
// go statements, timers and I/O emit no events.
package hooks
