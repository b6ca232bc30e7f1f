package table

import (
	"testing"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// Assembly in package async uses these numbers.
func TestArrayLayout(t *testing.T) {
	word := unsafe.Sizeof(uintptr(0))
	assert.EqualValues(t, 0, unsafe.Offsetof(array{}.mask))
	assert.EqualValues(t, 8, unsafe.Sizeof(array{}.mask))
	assert.EqualValues(t, 8, unsafe.Offsetof(array{}.slots))
	assert.EqualValues(t, 8+word, unsafe.Offsetof(array{}.older))
	assert.EqualValues(t, 0, unsafe.Offsetof(Table{}.newest))
	assert.EqualValues(t, 0, unsafe.Offsetof(Entry{}.owner))
	assert.EqualValues(t, 8, unsafe.Offsetof(Entry{}.g))
	if word == 8 {
		assert.EqualValues(t, 16, unsafe.Offsetof(array{}.older))
		assert.EqualValues(t, 16, unsafe.Sizeof(Entry{}))
	}
	assert.EqualValues(t, 8, unsafe.Sizeof(shard{}))
	assert.Equal(t, word, unsafe.Sizeof(*(*array)(nil).slot(0)))
	assert.EqualValues(t, uint64(0x9e3779b97f4a7c15), uint64(HashFactor))
}

// The slots are where the assembly expects them, and the position wraps around.
func TestArraySlots(t *testing.T) {
	a := newArray(minSlots, nil)
	word := unsafe.Sizeof(uintptr(0))
	for pos := range uint64(2 * minSlots) {
		want := unsafe.Add(a.slots, uintptr(pos%minSlots)*word)
		assert.Equal(t, want, unsafe.Pointer(a.slot(pos)))
	}
}

func TestHash(t *testing.T) {
	var space [2]byte
	g := uintptr(unsafe.Pointer(&space[1]))
	factor := uint64(HashFactor)
	assert.Equal(t, uint64(g)*factor>>32, hash(g, 5), "the ID does not count")
	assert.Equal(t, 5*factor>>32, hash(0, 5))
}

func TestBestSize(t *testing.T) {
	for _, c := range []struct {
		slots, live, tombstones uint64
		best                    uint64 // equal to slots: a new array is not worthwhile
	}{
		{256, 0, 0, 256},
		{256, 0, 64, 256},
		{256, 190, 0, 256},
		{512, 63, 0, 256},
		{512, 64, 0, 512}, // not less than an eighth full
		{1 << 21, 0, 1 << 20, 256},
		{1 << 21, 0, 0, 256},
		{1 << 21, 1000, 0, 2048},
		{1 << 21, 1024, 0, 2048}, // just half full
		{1 << 21, 1025, 0, 4096},
		{1 << 21, 1 << 18, 0, 1 << 21},
		{1 << 21, 1<<18 - 1, 0, 1 << 19},
	} {
		best, worthwhile := bestSize(c.slots, c.live, c.tombstones)
		assert.Equal(t, c.best, best, "%+v", c)
		assert.Equal(t, best != c.slots, worthwhile, "%+v", c)
	}
	// A quarter of tombstones is worth a new array of any size.
	for _, c := range []struct{ slots, live, tombstones, best uint64 }{
		{256, 0, 65, 256},
		{256, 100, 65, 256},
		{256, 129, 65, 512},
		{1024, 300, 257, 1024},
		{1024, 3, 257, 256},
	} {
		best, worthwhile := bestSize(c.slots, c.live, c.tombstones)
		assert.Equal(t, c.best, best, "%+v", c)
		assert.True(t, worthwhile, "%+v", c)
	}
}

// For any numbers, the best size holds the entries, and is its own best size.
func TestBestSizeIsStable(t *testing.T) {
	rng := seeded(t)
	for range testkit.Scaled(t, 100_000) {
		slots := uint64(minSlots) << rng.IntN(14)
		live := rng.Uint64N(slots*3/4 + 1)
		tombstones := rng.Uint64N(slots*3/4 - live + 1)
		best, worthwhile := bestSize(slots, live, tombstones)
		if best < minSlots || best&(best-1) != 0 || worthwhile && live > best/2 {
			t.Fatalf("bestSize(%d, %d, %d) = %d", slots, live, tombstones, best)
		}
		if again, worthwhile := bestSize(best, live, 0); worthwhile {
			t.Fatalf("bestSize(%d, %d, %d) = %d, and then %d", slots, live, tombstones, best, again)
		}
	}
}
