// Package async is the engine under packages als and hooks: what an execution
// context is, how a goroutine finds its own, and how one is captured.
//
// # Words
//
// A store is a value that a user has set. A key is the engine's half of an
// als.Storage; its token is an index and a generation in one word. A cell holds one
// store and the token that the key had then. A cell whose token is not the key's
// holds no store of it, so a new token makes the key exit all contexts everywhere.
//
// A goroutine that has, or had, a store owns a [Record] with its cells, an array
// in which a key's index says where its cell is. This is shallow binding: a Run
// writes one cell and writes back what was there; a read looks at one cell,
// however deep the Runs and however many the keys.
//
// A [Context] is an execution context as it was at a moment: the cells of a
// record, frozen. Capturing marks the record's cells as shared and hands out the
// pointer; the record copies them before it next writes. So a capture while
// nothing has changed costs nothing, and running in a captured context is a swap
// of one pointer.
//
// A layer gives a key a store, or none, until its end: a Run, an Exit, a scope. A
// switch of contexts is a layer for all keys. The end of a layer restores the stores
// beneath it.
//
// # The way of a store
//
// als.Storage.Run(v, fn), in als/storage.go, gets the key's token (key.go, token.go). It
// calls [FastCell], which returns the caller's record and the key's cell in it (lookup.go,
// probe.go). Run saves the cell's words, writes v there (cell.go), calls fn, and restores
// the words. If the record is observed, the observer is called on both ends. Where FastCell
// returns no cell, because a scope of the key is open, or the store needs a box, a [Layer]
// does the same (layer.go).
//
// als.Go(f) inside fn, in als/go.go, calls [Task] (go.go). That freezes the record's cells
// into a Context (context.go), and puts the Context and f into a task. The go statement
// takes the task to the new goroutine. There task.run makes the goroutine's record, or takes
// over the one that an earlier goroutine on its g has left ([Adopt], record.go). The
// record's cells are those of the Context; the first write to them copies them (probe.go).
//
// als.Storage.GetStore in f calls [Lookup]. That goes from the g to the record (package
// table) and from the token to the cell, compares the tokens and returns the address of v.
//
// Lookup, FastCell, [Capture] and [Current] are variables with functions. Where it can, init
// sets them to leaves, which are assembly without a frame (leaf.go, lookup_*.s). A leaf does
// the common case and jumps to its twin in Go for the rest. The twin, lookupSlow for
// example, does all cases: read that.
//
// The rest are features:
//
//	scope.go, scopestack.go, tops.go   scopes, which may end in any order
//	revoke.go, covered.go, offer.go    stores that can be revoked: a cell points to a grant
//	purpose.go, label.go               stores that are not captured, and those with labels
//	asyncscope.go, hook.go             async scopes and hooks
//	switch.go, loop.go                 running in a Context, and sequences bound to one
//	observer.go, feature.go, room.go   observers, and what they need of the engine
//	holders.go                         reading the records of other goroutines
//
// And these are optimizations, or about the build:
//
//	leaf.go, *.s   a read takes 0.5 of a ctx.Value instead of 0.62
//	homes.go       keys that are first used nested get cells that do not collide
//	extras.go      what few goroutines have is behind one word: a record has 80 bytes
//	go.go          tasks are reused: with a closure als.Go took 1.25 of a go statement
//	Context.Enter  keeps the cells of a goroutine without stores: two objects a request
//	race.go        what the race detector needs; nothing in other builds
//	nil.go         the panic for a nil Storage
//
// # Observers
//
// Inheritance by plain go statements and the search for losses are packages above the
// engine (internal/inheritance, internal/loss). The engine reports changes to them through
// [Observer]. Without an observer that costs nothing on the fast paths: an observer changes
// words that the leaves read anyway. The observer that inherits need not be called to set
// labels that are known already: the engine sets them (observation). That takes a quarter
// off a call of a bound function.
//
// # Who writes what
//
// Only the goroutine itself reads or writes its record and the cells that are not
// shared. Only Holders, for tests and inspectors, reads those of other goroutines, and
// expects nonsense. Shared cells are never written; the hand-over of a Context orders
// them for the goroutine that receives it. This needs no atomics. These words cross
// goroutines:
//
//	Record.Entry   see package table.
//	Key.token      written under the registry's lock, by a key's first use and by
//	               Disable; read by any goroutine. A reader that still sees the old
//	               token is ordered before the Disable.
//	grant.value    of stores that can be revoked; see grant.
//	Offer          see there.
//	task           written by the goroutine that starts another until the go statement,
//	               then by the new one until it stores taken.
//	goidOffset     and the two words beside it say what the leaves do; see setLeaves.
//
// Lists that change seldom, such as the enabled hooks, are replaced under a lock and read
// through an atomic pointer.
package async
