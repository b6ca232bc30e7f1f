//go:build gc && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)

package goroutine

import "unsafe"

// hasAssembly tells the layout check that there is a g to look into.
const hasAssembly = true

// Pointer returns the address of the caller's g. It is unique among live
// goroutines and is reused after the goroutine has exited. It costs one call of
// a three-instruction function.
//
// On a platform without the assembly (386, arm, mips, wasm, ppc64 and gccgo) it
// returns 0.
func Pointer() uintptr

// ID returns the number of the calling goroutine: the N of "goroutine N" in a
// traceback. IDs are never reused. It works on every platform; where [Identity]
// says [Fallback] it may have to format a traceback, which takes microseconds.
func ID() uint64

// Self returns the caller's g, nil where [Pointer] is 0, and its ID in one call.
// The g is an [unsafe.Pointer] so that checkptr knows which object it points to;
// it is meant for package gls and its like, not to be looked into.
//
// It returns nil as well where the layout of a g is not known, so that a g that
// is not nil can always be asked through [Census.Alive].
func Self() (gp unsafe.Pointer, id uint64)

// getg returns the caller's g.
//
// The assembly reads it from the runtime's own place for it (a thread-local slot
// or register that holds the current g whenever Go code runs), so it is valid as
// long as its goroutine lives. The memory of a g is never freed.
func getg() unsafe.Pointer

// selfSlow is Self where the layout of a g is not known. The assembly jumps here.
func selfSlow() (gp unsafe.Pointer, id uint64) { return nil, portableID() }

// idSlow is ID where the layout of a g is not known. The assembly jumps here.
func idSlow() uint64 { return portableID() }
