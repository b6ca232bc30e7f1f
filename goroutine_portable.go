//go:build !gc || !(amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)

package goroutine

// hasAssembly is true where Pointer can read the address of the g.
const hasAssembly = false

// Pointer returns 0: this platform has no assembly to read the g with.
func Pointer() uintptr { return 0 }

// ID returns the number of the calling goroutine: the N of "goroutine N" in a
// traceback. IDs are never reused. It may have to format a traceback, which takes
// microseconds.
func ID() uint64 { return portableID() }
