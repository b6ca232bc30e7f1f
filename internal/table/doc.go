// Package table is the lock-free sharded hash table under packages gls and
// internal/async: from the calling goroutine to its one entry.
//
// # Words
//
// An entry starts with an [Entry]: the g it belongs to and its owner, the ID of
// the goroutine that may use it. A slot is a place for a pointer to an entry. An
// array is a power of two of slots, cut into shards of 256 consecutive ones,
// each with a count of its own. A probe walks the slots from where the hash of
// the g points to up to the first empty one. A tombstone marks a slot whose entry
// was taken out; probes pass it.
//
// # Rules
//
// Only the goroutine itself inserts its entry, so a key is never inserted twice
// and finding it needs no lock. Any goroutine may copy a pointer to an entry from an
// old array into the newest one: entries do not move, and every copy goes to the
// same slot. A goroutine that puts a pointer into an array checks afterwards that the
// array is still the newest, and starts again if not. So no array need be closed
// before it is moved.
//
// Growing publishes an array with twice the slots (or as many, if most were
// tombstones) in front of the full one. Every later insert moves one shard of
// the old array before it does its own work; the next sweep moves the rest.
// Until then a lookup that finds nothing in the newest array goes on in the
// older ones. No goroutine waits for another: several can move one shard at the same
// time, so one that is descheduled half way holds up none.
//
// # Who writes what
//
//	Entry.owner   the owner, by CompareAndSwap, when it takes the entry over from
//	              an earlier goroutine on its g; a sweep, by CompareAndSwap from the
//	              ID of a goroutine that has exited to gone. One of the two wins.
//	              gone is final. A sweep may put an ID in doubt first, which it or the
//	              owner resolves, by CompareAndSwap.
//	slot          empty -> entry: inserts and moves. entry -> tombstone: sweeps,
//	              after the entry is gone. tombstone -> entry: inserts of entries
//	              that are in no array yet. All by CompareAndSwap.
//	Table.newest  growth and sweeps, by CompareAndSwap, always to an array whose
//	              older is the one that it replaces.
//	array.older   set before the array is published, cut (to nil) once everything
//	              older has been moved.
//
// # Sweeping
//
// A table with entries arms itself: the cleanup of an unreachable object runs
// after the next garbage collection and removes the entries of goroutines that
// have exited. Nothing runs in between: no goroutine, no timer, no channel. A sweep
// reads one word of every entry and three of its g at most. Where the g does not show
// whether its goroutine is alive, a sweep takes a traceback of all goroutines, which stops
// the program; see sweepInDoubt.
package table
