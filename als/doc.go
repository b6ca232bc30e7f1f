// Package als is AsyncLocalStorage for Go: set a store once, read it anywhere below
// without a parameter, and let it follow the work into new goroutines.
//
//	var requestID als.Storage[string]
//
//	requestID.Run("42", func() {
//		handle() // here, below and in goroutines of als.Go, requestID.Get() is "42"
//	})
//
// # Words
//
// A store is a value that [Storage.Run], [Storage.EnterWith] or
// [Storage.WithScope] has made current. A [Storage] is the name under which code
// finds it; storages are independent of each other. The execution context of a
// goroutine is the set of its current stores. A snapshot is a copy of an execution
// context ([Snapshot]). To bind a function is to tie it to a snapshot ([Bind]).
//
// # Rules
//
// A goroutine sees the store of the innermost Run, Exit or Scope of the storage
// that it is in. When that ends, by return, panic or [runtime.Goexit], the previous
// store is restored.
//
// A goroutine started with [Go] starts with the stores that its creator had at
// the call. Later changes to either context do not affect the other. The stores
// themselves are shared, not copied: two goroutines with the same pointer must
// synchronize writes to what it points to, as with any shared pointer.
//
// In the terms of the Go memory model, a call of Go, Bind, Snapshot or AfterFunc is
// synchronized before the function that runs in the captured context. Reading a store
// adds no further ordering.
//
// # What a function sees
//
//	started by                                    sees the stores of
//	a call                                        the caller
//	als.Go, ExecutionContext.Go, als.AfterFunc    the call of Go or AfterFunc
//	a bound function, on any goroutine            the call of Bind
//	a function from als.Outlive                   the call of Outlive, even if revoked since
//	a bound sequence, on any goroutine            the call of BindSeq
//	ExecutionContext.Run                          the call of Snapshot
//	a plain go statement, sync.WaitGroup.Go,      none: it starts without stores
//	errgroup.Group.Go, the body of iter.Pull      (but see package als/inherit)
//	time.AfterFunc, context.AfterFunc             none: Bind the function first
//	the body of a range-over-func loop            the loop's function
//	finalizers, cleanups, callbacks from C        none, see below
//
// # What it costs
//
// [Storage.Get] is one call of a leaf function and needs no allocation. It costs
// the same however deep the Runs are and however many storages are set. Run of a
// store that is one word, an interface or a string allocates nothing; larger
// stores are copied once. A goroutine without a store costs nothing; one with a
// store costs about a hundred bytes of heap. The README has measured figures, and those of
// programs that import als/inherit, where a Run costs more.
//
// # When a store is missing
//
// The command alsvet (cmd/alsvet) reports go statements and callbacks that lose
// stores, and can fix them. [TraceLoss] reports, while the program runs, reads that
// find no store in a goroutine whose creator had one.
//
// # What is not promised
//
// A store is not secret: any function that has the Storage can read it, and replace
// it for itself.
//
// A goroutine of a pool or a connection has the stores that it was started with for
// as long as it lives, and keeps them alive. Run each piece of its work in its own
// context ([Bind] at submission). Use [Options].RevokeOnEnd for a store that must not
// be seen after its Run.
//
// Callbacks from C run on a goroutine structure that the runtime keeps for the C
// thread and may pass on to another. Use Run in exported functions: a later
// callback may see a store that EnterWith left there.
//
// # Node
//
// The names and semantics are those of Node's AsyncLocalStorage, with three
// differences. A goroutine is not an event loop, so EnterWith lasts until the
// goroutine ends or an enclosing Run, Exit or Scope restores. Scopes may end in any
// order, and none brings back a store of a scope that has ended. A plain go statement
// carries stores only where package als/inherit is imported.
package als
