package g

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

func TestSieveFindsAFieldWhereverItIs(t *testing.T) {
	for _, at := range NewSieve() {
		s := NewSieve()
		for i := range uintptr(2) {
			g := new([searchLimit / wordSize]uintptr)
			g[at/wordSize] = i + 1
			s = s.Keep(uintptr(unsafe.Pointer(g)), i+1)
			memory = append(memory, g)
		}
		assert.Equal(t, at, s.Only())
	}
	memory = nil
}

// memory keeps memory alive to which tests refer by a number.
var memory []*[searchLimit / wordSize]uintptr

func TestSieveStaysInsideTheLimit(t *testing.T) {
	for _, offset := range NewSieve() {
		assert.LessOrEqual(t, offset+wordSize, uintptr(searchLimit))
		assert.NotZero(t, offset)
		assert.Zero(t, offset%wordSize, "an unaligned load is not atomic")
	}
	assert.Len(t, NewSieve(), int(searchLimit/wordSize)-1, "all but 0")
}

func TestOnlyNeedsOne(t *testing.T) {
	assert.Zero(t, Sieve(nil).Only())
	assert.Zero(t, Sieve{8, 16}.Only())
	assert.EqualValues(t, 8, Sieve{8}.Only())
}
