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
	assert.EqualValues(t, 0, unsafe.Offsetof(array{}.size))
	assert.EqualValues(t, 8, unsafe.Sizeof(array{}.size))
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
	assert.EqualValues(t, uint64(0x227991c68fca2f63), uint64(HashFactor))
}

// The slots are where the assembly expects them, and the position wraps around.
func TestArraySlots(t *testing.T) {
	a := newArray(3*minSlots, nil)
	word := unsafe.Sizeof(uintptr(0))
	pos := uint64(0)
	for i := range 2 * a.size {
		want := unsafe.Add(a.slots, uintptr(i%a.size)*word)
		assert.Equal(t, want, unsafe.Pointer(a.slot(pos)))
		pos = a.next(pos)
	}
}

// Every slot of an array of any size is home to as many hashes, and no hash to none.
func TestHomes(t *testing.T) {
	for shards := range uint64(20) {
		a := newArray((shards+1)*shardSize, nil)
		for pos := range a.size {
			first := (pos<<32 + a.size - 1) / a.size // the lowest hash that is at home there
			assert.Equal(t, pos, a.home(first))
			if pos > 0 {
				assert.Equal(t, pos-1, a.home(first-1))
			}
		}
		assert.Equal(t, a.size-1, a.home(1<<32-1))
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
		best                    uint64 // as slots: not worthwhile
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
		{1 << 21, 1025, 0, 2304}, // a shard more
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
		{1024, 300, 257, 768},
		{1024, 512, 257, 1024},
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
		slots := minSlots * (1 + rng.Uint64N(1<<14))
		live := rng.Uint64N(slots*3/4 + 1)
		tombstones := rng.Uint64N(slots*3/4 - live + 1)
		best, worthwhile := bestSize(slots, live, tombstones)
		if best < minSlots || best%shardSize != 0 || worthwhile && live > best/2 {
			t.Fatalf("bestSize(%d, %d, %d) = %d", slots, live, tombstones, best)
		}
		if again, worthwhile := bestSize(best, live, 0); worthwhile {
			t.Fatalf("bestSize(%d, %d, %d) = %d, and then %d", slots, live, tombstones, best, again)
		}
	}
}
