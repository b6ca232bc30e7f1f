// Package linear tests that recorded histories of gls.Table are linearizable. It is a
// module of its own, so that the checker, porcupine, is no dependency of the root.
//
// The specification is a register for each goroutine. Its goroutine loads, stores and
// deletes it, and empties it with its end. Range over All reads every register once: each
// of these reads must fit into the history of its register, but not all of them at the
// same time, since All is weakly consistent. Len counts what All yields, and is checked
// against the number of registers that were full during all of the call, and at some time
// of it.
package linear
