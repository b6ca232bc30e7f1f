//go:build !go1.25

package goroutine

// Go 1.24 and before: g.goid behind a stack, three pointers, gobuf (with ret),
// syscall fields and param.
const knownGoidOffset = 160
