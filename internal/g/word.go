package g

import (
	"sync/atomic"
	"unsafe"
)

const (
	wordSize = unsafe.Sizeof(uintptr(0))

	// searchLimit bounds the search for a field. A g is 440 bytes or more in every
	// release since 1.24, so a read below this limit stays inside it.
	searchLimit = 384
)

// at returns the address of an offset in a g. The conversion goes through memory, which
// vet accepts. It is sound: the g is an object of the heap that is never freed, and for
// checkptr the sum points into the object from which it was computed.
func at(g, offset uintptr) unsafe.Pointer {
	p := *(*unsafe.Pointer)(unsafe.Pointer(&g))
	return unsafe.Add(p, offset)
}

// Word returns the word at an offset of a g.
func Word(g, offset uintptr) uintptr {
	return atomic.LoadUintptr((*uintptr)(at(g, offset)))
}

// OwnPointer returns the pointer at an offset of the caller's g.
func OwnPointer(offset uintptr) unsafe.Pointer {
	return atomic.LoadPointer((*unsafe.Pointer)(at(own(), offset)))
}

func word32(g, offset uintptr) uint32 {
	return atomic.LoadUint32((*uint32)(at(g, offset)))
}
