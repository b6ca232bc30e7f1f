//go:build gc && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)

package goroutine

// hasAssembly is true where Pointer can read the address of the g.
const hasAssembly = true

// Pointer returns the address of the caller's g. It is unique among live
// goroutines and is reused after the goroutine has exited. It costs one call of
// a three-instruction function.
//
// On a platform without the assembly (386, arm, mips, wasm, ppc64 and gccgo) it
// returns 0.
//
// The assembly reads it from the thread-local slot or the register in which the runtime
// keeps the current g whenever Go code runs. It is valid as long as its goroutine lives,
// and the memory of a g is never freed.
func Pointer() uintptr

// ID returns the number of the calling goroutine: the N of "goroutine N" in a
// traceback. IDs are never reused. It works on every platform. It costs two loads more
// than [Pointer]; where [Identity] says [Fallback] it may have to format a traceback,
// which takes microseconds.
func ID() uint64

// idSlow is ID where the layout of a g is not known. The assembly jumps here.
func idSlow() uint64 { return portableID() }
