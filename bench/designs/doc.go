// Package designs is a record of measurements, not a part of the library: it
// keeps small prototypes of the ways in which a store could be found from a
// goroutine, and the benchmark that compares them. The results are in
// docs/designs.md. Nothing imports this package and nothing of it is linked into a
// program. The prototypes are in its test files; only what assembly needs is outside
// them.
//
// A prototype shows what a read costs, and for layouts what a nested Run costs.
// It has tables of a fixed size, no growth, no reclaiming, and it trusts its
// caller: do not copy from here without the rest.
//
// The words are those of the library. A record belongs to one goroutine and
// has cells; a storage has a key, whose token says in which cell its store lies
// and which life of that cell it means. A leaf is an assembly function that calls
// nothing.
package designs
