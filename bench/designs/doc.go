// Package designs is a record of measurements, not a part of the library. It has
// small prototypes of ways to find a store from a goroutine, and the benchmark that
// compares them; the results are in docs/designs.md. The prototypes are in test files,
// except the declarations that assembly needs. Nothing imports this package.
//
// A prototype shows the cost of a read, and for layouts the cost of a nested Run. Its
// tables do not grow and reclaim nothing, and it trusts its caller: do not copy it.
//
// The words are those of the library. A record belongs to one goroutine and
// has cells. A storage has a key, whose token has the index of the storage's cell and
// the generation of that cell. A leaf is an assembly function that calls nothing.
package designs
