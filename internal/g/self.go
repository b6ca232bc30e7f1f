//go:build gc && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)

package g

// Self returns the address of the caller's g and its ID in one call. Where it is
// not known where the ID lies in a g the address is 0.
//
// This is goroutine.Pointer and goroutine.ID in one, for tables that want both. A
// lookup in package gls takes 6 ns with one call, 8 with two. In Go, Self would be
// two calls, too, as it does not fit the inliner's budget.
func Self() (addr uintptr, id uint64)

// selfSlow is Self where the layout of a g is not known. The assembly jumps here.
func selfSlow() (addr uintptr, id uint64) { return 0, ownID() }
