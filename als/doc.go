// Package als is AsyncLocalStorage for Go: put a store in place once, read it
// anywhere below without a parameter, and have it follow the work into new
// goroutines.
//
//	var requestID als.Storage[string]
//
//	requestID.Run("42", func() {
//		handle() // and whatever it calls, and als.Go starts: requestID.Get() is "42"
//	})
//
// # Words
//
// A store is a value that [Storage.Run], [Storage.EnterWith] or
// [Storage.WithScope] has put in place. A [Storage] is the name under which it is
// found; storages do not know of each other. The execution context of a goroutine
// is the set of its current stores. A snapshot is an execution context as it was
// at a moment ([Snapshot]). To bind a function is to tie it to one ([Bind]).
//
// # Rules
//
// A goroutine sees the store of the innermost Run, Exit or Scope of the storage
// that it is in. What ends, by return, panic or [runtime.Goexit], puts back what
// was there before.
//
// A goroutine started with [Go] starts with the stores that its creator had at
// the call. What creator and goroutine do to their contexts afterwards is their
// own; nothing flows back. The stores themselves are shared, not copied: two
// goroutines that have the same pointer see the same value, and must agree on who
// may write to it, as always.
//
// In the terms of the Go memory model, what a goroutine does before it calls Go,
// Bind, Snapshot or AfterFunc is synchronized before the function that runs in
// the captured context; reading a store adds no further ordering.
//
// # What a function sees
//
//	started by                                    sees the stores of
//	a call                                        the caller
//	als.Go, ExecutionContext.Go, als.AfterFunc    the call of Go or AfterFunc
//	a bound function, whoever calls it            the call of Bind
//	ExecutionContext.Run                          the call of Snapshot
//	a plain go statement, sync.WaitGroup.Go,      nobody: it starts without stores
//	errgroup.Group.Go, the body of iter.Pull      (but see package als/inherit)
//	time.AfterFunc, context.AfterFunc             nobody (Bind the function first)
//	the body of a range-over-func loop            the loop's function
//	finalizers, cleanups, callbacks from C        nobody, see below
//
// # What it costs
//
// [Storage.Get] is one call of a leaf function and needs no allocation. It costs
// the same however deep the Runs are and however many storages are set. Run of a
// store that is one word, an interface or a string allocates nothing; larger
// stores are copied once. A goroutine that has no store pays nothing; one that has
// costs about a hundred bytes. The README has measured figures.
//
// # When a store is missing
//
// The command alsvet (cmd/alsvet) finds go statements and callbacks that lose stores
// in the code, and mends them. [TraceLoss] reports reads that find no store in a
// goroutine whose creator had one, while the program runs.
//
// # What is not promised
//
// A store is not secret: code that a function calls can read it if it has the
// Storage, and replace it for itself.
//
// A goroutine that a pool or a connection keeps has the stores that it was started
// with for as long as it lives. Run each piece of its work in its own context
// ([Bind] at submission), and use [Options].RevokeOnEnd for what must never be
// seen after its time.
//
// Callbacks from C run on a goroutine structure that the runtime keeps for the C
// thread and may pass on to another. Use Run in exported functions; what
// EnterWith leaves behind there, a later callback may see.
//
// # Node
//
// The names and semantics are those of Node's AsyncLocalStorage. What differs: a
// goroutine is not an event loop, so EnterWith lasts until the goroutine ends or
// something that encloses it restores; scopes may end in any order without
// bringing back one that ended; and a plain go statement does not carry stores by
// itself, since nothing in it is ours, unless package als/inherit is imported.
package als
