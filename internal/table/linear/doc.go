// Package linear tests that recorded histories of gls.Table are linearizable. It is a
// module of its own, so that the checker, porcupine, is no dependency of the root.
//
// The specification is a register for each goroutine, which loads, stores and deletes its
// value and empties the register when it exits. A range over All reads every register
// once. Each of these reads must fit into the history of its register, but they need not
// fit at the same time, because All is weakly consistent. Len must be at least the number
// of registers that were full during the whole call. It must be at most the number of
// those that were full at some time in it.
package linear
