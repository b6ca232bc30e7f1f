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
// als.Run(v, fn) gets the key's token (key.go, token.go). The leaf FastCell returns the
// caller's record and the key's cell in it (lookup.go, leaf.go, record.go). Run saves the
// cell's words, writes v there (cell.go), calls fn, and restores the words.
// If the record is observed, the observer is called on both ends. A Layer does the same
// if a scope of the key is open, or the store does not lie in its cell (layer.go).
//
// als.Go(f) inside fn captures: it freezes the record's cells into a Context
// (context.go). A task takes the Context to the new goroutine (go.go). That goroutine
// takes over the record which an earlier one on its g left, or makes one, with the cells
// of the Context (record.go).
//
// GetStore in f calls the leaf Lookup. That goes from the g to the record and from the
// token to the cell, compares the tokens and returns the address of v.
//
// The rest are features:
//
//	scope.go, tops.go         scopes
//	revoke.go                 stores that can be revoked
//	asyncscope.go, hook.go    async scopes and hooks
//	purpose.go                stores that are not captured
//	observer.go, feature.go   observers
//	holders.go                reading the records of other goroutines
//
// And these are optimizations:
//
//	leaf.go, *.s   a read takes 0.5 of a ctx.Value instead of 0.62
//	extras.go      what few goroutines have is behind one word: a record has 80 bytes
//	go.go          tasks are reused: with a closure als.Go took 1.25 of a go statement
//	Context.Enter  keeps the cells of a goroutine without stores: two objects a request
//
// # Observers
//
// Inheritance by plain go statements and the search for losses are packages above the
// engine (internal/inheritance, internal/loss). The engine reports changes to them through
// [Observer]. Without an observer that costs nothing on the fast paths: an observer changes
// words that the leaves read anyway. Where the one that inherits would only set labels that
// are known already, the engine sets them (observation): a bound call takes a quarter less.
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
