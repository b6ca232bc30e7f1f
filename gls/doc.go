// Package gls keeps values by goroutine: a [Table] is a lock-free sharded map
// from the calling goroutine to a value, a [Local] is a variable of which every
// goroutine has its own.
//
// A new goroutine starts without values; in package als they follow the work. This
// package is for data that belongs to the goroutine itself: a scratch buffer, a
// recursion guard, the state of a mock in a test.
//
// # What is guaranteed
//
// A goroutine sees only its own values. The runtime reuses a g after its goroutine
// exits. But each entry carries the goroutine's ID, which is never reused, so the
// next goroutine on that g finds nothing.
//
// A value that a goroutine left behind is unreachable from the moment the goroutine
// exits. It is garbage within two garbage collections, without a call by the program:
// the first makes a sweep remove the entry, the second frees the value. After a burst
// of goroutines the table itself shrinks, too.
//
// A table has no background goroutine, timer or channel. So it may be used first inside
// a testing/synctest bubble and later outside.
//
// # What is not guaranteed
//
// Callbacks from C run on a g that the runtime keeps for the C thread and may
// hand to another one. All callbacks of a thread share it, so a callback may see a value
// that an earlier one has stored. Delete it before returning to C.
//
// On a platform without a g (see [goroutine.Identity]) a lookup costs a call of
// goid.Get. There each garbage collection stops the program for a traceback of all
// goroutines while the table has entries.
package gls
