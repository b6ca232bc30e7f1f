// Package g reads what the runtime's g says about a goroutine: whether it is alive,
// which function it runs, which go statement started it, and where its profiler
// labels lie. It also reads tracebacks, which say the same more slowly. Package
// goroutine, which imports this one, reads the caller's g and the goroutine ID in it;
// no other package depends on the layout of a g.
//
// Before a field of a g is used, it is checked on goroutines whose answers are known.
// A field that cannot be found is unknown: the functions then return zero, or take a
// traceback. Nothing here writes to a g.
//
// Reading a g is sound: the runtime frees no g and moves none, and every offset lies
// within the size that a g has had in all releases since Go 1.24. The loads are atomic,
// because the runtime may write to the word at the same time.
package g
