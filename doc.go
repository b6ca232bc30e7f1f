// Package goroutine identifies the calling goroutine.
//
// A goroutine has two names. Its g is the runtime's structure for it; the
// address of the g ([Pointer]) is unique among live goroutines and is handed to
// another goroutine once the first has exited. Its ID ([ID]) is the N of
// "goroutine N" in a traceback; it is never reused. A g pointer is the cheap key
// of a table, the ID is the guard that tells one life of a g from the next.
//
// To keep data by goroutine, use package gls, which has a lock-free table from the
// calling goroutine to a value. For stores that follow the work into other goroutines,
// use package als.
//
// # How a g is read
//
// On amd64, arm64, loong64, ppc64le, riscv64 and s390x a few lines of assembly
// read the g pointer from where the runtime keeps it: thread-local storage on
// amd64, a register elsewhere. No linkname, no build flag and no patched
// toolchain is involved.
//
// Where the goid lies inside a g differs by Go release. The offset comes from a table
// by release. When the program starts, it is checked against the IDs in tracebacks of
// several goroutines, and searched for if it does not fit. If nothing fits, and on
// every other platform, the ID comes from [github.com/petermattis/goid], which is
// checked in the same way, and failing that from a traceback. A Go release that we do
// not know can therefore make this package slower, not wrong. [Identity] says which of
// these happened.
//
// # What is not promised
//
// A g pointer says nothing after its goroutine has exited. It must not be turned
// into a pointer and followed.
//
// Callbacks from C run on a goroutine that the runtime keeps for them. It belongs
// to a C thread until that ends (on some platforms, until the callback returns)
// and then to another. So consecutive callbacks share both names, even those of
// different threads.
package goroutine
