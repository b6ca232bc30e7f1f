//go:build race

package table

// reuse is off under the race detector. The last access of a goroutine to its
// entry and the first of the next one on the same g are ordered by the runtime,
// which hands the g from one to the other; the detector cannot see that and would
// report the reuse. Taking a new entry instead keeps it useful for everything else.
const reuse = false
