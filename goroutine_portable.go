//go:build !gc || !(amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)

package goroutine

import "unsafe"

const hasAssembly = false

// Pointer returns 0: this platform has no assembly to read the g with.
func Pointer() uintptr { return 0 }

// ID returns the number of the calling goroutine: the N of "goroutine N" in a
// traceback. IDs are never reused.
func ID() uint64 { return portableID() }

// Self returns nil and the caller's ID.
func Self() (gp unsafe.Pointer, id uint64) { return nil, portableID() }

func getg() unsafe.Pointer { return nil }
