// Package gls keeps values by goroutine: a [Table] is a lock-free sharded map
// from the calling goroutine to a value, a [Local] is a variable of which every
// goroutine has its own.
//
// Values do not follow the work into new goroutines; package als is for that.
// This package is for what belongs to the goroutine itself: a scratch buffer, a
// recursion guard, the state of a mock in a test.
//
// # What is guaranteed
//
// A goroutine sees only what it stored itself. The runtime reuses its structure
// for a goroutine, the g, after one exits; a value carries the goroutine's ID,
// which is never reused, so a successor on the same g finds nothing.
//
// A value left behind by a goroutine that exited can be reached by nobody from
// that moment on, and is garbage within two garbage collections without anybody
// calling anything: the first one makes a sweep take the entry out, the second
// frees the value. After a burst of goroutines the table itself shrinks, too.
//
// There is no background goroutine, timer or channel in the state of a table, so
// it may be used first inside a testing/synctest bubble and later outside.
//
// # What is not
//
// Callbacks from C run on a g that the runtime keeps for the C thread and may
// hand to another one. To them it looks like one long goroutine: what a callback
// leaves behind, the next one may see. Delete it before returning to C.
//
// Where Go cannot tell the g (see [goroutine.Identity]), a look-up costs a call
// of goid.Get and a sweep takes a traceback of all goroutines.
package gls
