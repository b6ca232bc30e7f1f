package async

import (
	mathbits "math/bits"
	"testing"

	"github.com/stretchr/testify/assert"
)

// No token is used twice: an index is retired while it still has as many generations as
// one key may use.
func TestGenerationsEnd(t *testing.T) {
	var ks keys
	at := func(gen Token) uint32 {
		index, fresh := ks.allocate(offsetScalar, homes{})
		(*ks.tokens.Load())[index].Store(uint64(fresh&(generation-1) | gen<<generationShift))
		return index
	}
	early, half, last := at(1<<31-2), at(1<<31-1), at(1<<32-2)
	ks.release(early)
	ks.release(half)
	assert.Equal(t, []uint32{early}, ks.free)
	ks.advance(last)
	assert.PanicsWithValue(t, "als: Storage.Disable: called more than two billion times", func() { ks.advance(last) })
	old := Token((*ks.tokens.Load())[last].Load())
	ks.release(last)
	assert.Equal(t, []uint32{early}, ks.free)
	assert.True(t, ks.stale(old))
}

// Keys that are a power of two apart have different places in an array that is not much
// larger than it must be.
func TestKeysThatAreAPowerOfTwoApart(t *testing.T) {
	for shift := range indexBits {
		var tokens []Token
		for n := uint32(1); n < 1<<indexBits && len(tokens) < 16; n += 1 << shift {
			tokens = append(tokens, generation|Token(scatter(n))<<indexShift)
			assert.Equal(t, mathbits.Len32(n), mathbits.Len32(scatter(n)), "reserve makes room for no more")
		}
		assert.LessOrEqual(t, roomFor(tokens), 1<<9, "keys 1<<%d apart", shift)
	}
	seen := make([]bool, 1<<17)
	for n := range uint32(len(seen)) {
		if at := &seen[scatter(n)]; *at {
			t.Fatalf("key %d has the index of an earlier key, %d", n, scatter(n))
		} else {
			*at = true
		}
	}
}

// roomFor returns the size of the smallest array in which all tokens have a place.
func roomFor(tokens []Token) int {
	for size := 1; ; size *= 2 {
		cells, fit := make([]Cell, size), true
		for _, x := range tokens {
			if c := vacancy(&cells[0], arrayMask(uint32(size)), x); c != nil {
				c.token = x
			} else {
				fit = false
			}
		}
		if fit {
			return size
		}
	}
}
