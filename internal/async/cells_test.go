package async

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tokenAt returns a token for an index, of generation 1. No key has it, so use it only
// with the methods of records and cells.
func tokenAt(index uint32) Token {
	return generation | Token(firstMadeUp+index)<<indexShift | offsetScalar
}

// firstMadeUp is an index that no key of the tests has. Its homes are those of 0.
const firstMadeUp uint32 = 1 << 18

// anyRecord returns a record of no goroutine, with size cells.
func anyRecord(size uint32) *Record {
	r := new(Record)
	r.reset()
	if size > 1 {
		r.cells, r.mask = unsafe.SliceData(make([]Cell, size)), arrayMask(size)
	}
	return r
}

// withTokens makes the registry take the tokens of tokenAt for the current ones
// during a test, which must use no key. A key of an earlier test that is collected meanwhile
// changes only its own.
func withTokens(t *testing.T) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	require.Less(t, registry.last, firstMadeUp)
	was := registry.tokens.Load()
	tokens := make([]atomic.Uint64, firstMadeUp+1<<13)
	var ofKeys []atomic.Uint64
	if was != nil {
		ofKeys = *was
	}
	for i := range ofKeys {
		tokens[i].Store(ofKeys[i].Load())
	}
	for i := range uint32(1 << 13) {
		tokens[firstMadeUp+i].Store(uint64(tokenAt(i)))
	}
	registry.tokens.Store(&tokens)
	t.Cleanup(func() {
		registry.mu.Lock()
		defer registry.mu.Unlock()
		for i := range ofKeys {
			ofKeys[i].Store(tokens[i].Load())
		}
		registry.tokens.Store(was)
	})
}

func TestCellForWithOneCell(t *testing.T) {
	r := anyRecord(1)
	a := r.cellFor(tokenAt(3))
	assert.Same(t, &r.inline, a)
	a.Prepare(tokenAt(3))
	assert.Same(t, a, r.cellFor(tokenAt(3)+generation), "another generation of the same key")
	assert.Same(t, a, r.find(tokenAt(3)))
	assert.Nil(t, r.find(tokenAt(3)+generation))
	assert.Nil(t, r.find(tokenAt(4)))
	wantSound(t, r)
}

// cellFor may give a cell without a store to another key, but not one with a store.
func TestCellForTakesOnlyVacantCells(t *testing.T) {
	withTokens(t)
	r := anyRecord(4)
	for i := range uint32(4) {
		c := r.cellFor(tokenAt(4 * (i + 1))) // all want the first place
		c.Prepare(tokenAt(4 * (i + 1)))
		c.scalar = uintptr(i)
		assert.Same(t, &cellsOf(r)[i], c)
		wantSound(t, r)
	}
	r.find(tokenAt(12)).vacate(tokenAt(12))
	assert.Nil(t, r.find(tokenAt(12)))
	assert.NotNil(t, r.find(tokenAt(16)), "the search stops at a cell without a store")

	c := r.cellFor(tokenAt(12))
	assert.Same(t, &cellsOf(r)[2], c, "its own, which no other key took")
	assert.Same(t, c, r.cellFor(tokenAt(20)), "the only one that holds nothing")
	c.Prepare(tokenAt(20))
	assert.EqualValues(t, 4, arraySize(r.mask))
	wantSound(t, r)

	c = r.cellFor(tokenAt(12)) // all are taken
	c.Prepare(tokenAt(12))
	assert.EqualValues(t, 8, arraySize(r.mask))
	for _, i := range []uint32{1, 2, 3, 4, 5} {
		assert.NotNil(t, r.find(tokenAt(4*i)), "index %d is lost", 4*i)
	}
	wantSound(t, r)
}

// An array grows until keys that want the same place want different ones.
func TestGrowSpreadsCollidingKeys(t *testing.T) {
	withTokens(t)
	for stride := uint32(1); stride <= 256; stride *= 2 {
		r := anyRecord(1)
		for i := range uint32(12) {
			c := r.cellFor(tokenAt(stride * (i + 1)))
			c.Prepare(tokenAt(stride * (i + 1)))
			c.scalar = uintptr(i)
			wantSound(t, r)
			for j := range i + 1 {
				c := r.find(tokenAt(stride * (j + 1)))
				require.NotNil(t, c, "stride %d, %d of %d", stride, j, i)
				require.Equal(t, uintptr(j), c.scalar)
			}
		}
		if stride == 1 {
			assert.LessOrEqual(t, arraySize(r.mask), uint32(16), "12 neighbours have room in 16 cells")
		}
	}
}

func TestSpreadFailsWithoutRoom(t *testing.T) {
	withTokens(t)
	from := make([]Cell, 5)
	for i := range from {
		from[i].token = tokenAt(8 * uint32(i+1))
	}
	_, ok := spread(from, 8, 0)
	assert.False(t, ok)
	_, ok = spread(from, 16, 0)
	assert.True(t, ok)
	from[2].token += generation // not the key's any more
	larger, ok := spread(from, 8, 0)
	assert.True(t, ok, "a stale cell takes no room")
	for _, c := range unsafe.Slice(larger, 8) {
		assert.NotEqual(t, from[2].token, c.token)
	}
	from[2].vacate(from[2].token)
	_, ok = spread(from, 8, 0)
	assert.True(t, ok, "a vacant cell takes no room")
}

// TestCellsAgainstMap compares random operations on a record's cells with a map.
func TestCellsAgainstMap(t *testing.T) {
	withTokens(t)
	for seed := range uint64(80) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		r, want := anyRecord(1), map[uint32]uintptr{}
		stride := uint32(1) << rnd.IntN(7)
		var captured [][]Cell
		var copies [][]Cell
		for step := range uintptr(200) {
			index := stride * uint32(1+rnd.IntN(20))
			switch x := tokenAt(index); rnd.IntN(6) {
			case 0, 1, 2:
				c := r.cellFor(x)
				c.Prepare(x)
				c.scalar, want[index] = step, step
			case 3:
				r.cellFor(x).vacate(x)
				delete(want, index)
			case 4:
				if !r.has(shared) && r.freeze() {
					captured = append(captured, cellsOf(r))
					copies = append(copies, append([]Cell(nil), cellsOf(r)...))
				}
			case 5:
				r.cellFor(x) // and nothing else, as a layer does to save the cell
			}
			wantSound(t, r)
			for i := range uint32(20) {
				index := stride * (i + 1)
				c := r.find(tokenAt(index))
				store, ok := want[index]
				if (c != nil) != ok || ok && c.scalar != store {
					require.FailNow(t, "find", "seed %d, step %d, index %d: %v, want %v, %v", seed, step, index, c, store, ok)
				}
			}
		}
		require.Equal(t, copies, captured, "cells that a context has were written to")
	}
}

func TestUnshareUsesTheInlineCellOnlyIfItIsFree(t *testing.T) {
	withTokens(t)
	r := anyRecord(1)
	r.cellFor(tokenAt(1)).Prepare(tokenAt(1))
	require.True(t, r.freeze())
	assert.NotSame(t, &r.inline, r.cells)
	assert.Zero(t, r.inline)
	frozen := r.cells
	r.cellFor(tokenAt(1))
	assert.Same(t, &r.inline, r.cells)
	assert.False(t, r.has(shared))
	assert.NotSame(t, frozen, r.cells)
	assert.Equal(t, *frozen, *r.cells)

	r.install(Context{cells: frozen})
	assert.True(t, r.has(inlineLent))
	r.cellFor(tokenAt(1)).vacate(tokenAt(1))
	assert.NotSame(t, &r.inline, r.cells)
	assert.Equal(t, tokenAt(1), r.inline.token, "the cell of the context to restore is overwritten")
}

// A goroutine that starts with stores has no outer context to restore, so it may use its
// inline cell.
func TestRunGoroutineUsesTheInlineCell(t *testing.T) {
	testkit.InGoroutine(func() {
		v := &variable[int]{}
		v.set(1)
		c := Capture()
		testkit.InGoroutine(func() {
			c.RunGoroutine(func() {
				r := Current()
				assert.Same(t, c.cells, r.cells)
				v.want(t, 1)
				v.set(2)
				assert.Same(t, &r.inline, r.cells)
				wantSound(t, r)
				enter(c, func() {
					v.set(3)
					assert.NotSame(t, &r.inline, r.cells)
				})
				v.want(t, 2)
			})
			if r := Current(); r != nil { // race builds remove an idle record
				assert.Zero(t, r.inline, "the goroutine ended, but its store is kept")
			}
			v.wantNone(t)
		})
		v.want(t, 1)
	})
}

// The next capture, or the next change after one, replaces an array that is too large
// because its storages were disabled.
func TestArraysShrink(t *testing.T) {
	for _, captured := range []bool{false, true} {
		testkit.InGoroutine(func() {
			kept, gone := &variable[int]{}, make([]variable[int], 1000)
			kept.set(1)
			for i := range gone {
				gone[i].set(i)
			}
			if captured {
				Capture()
			}
			require.Greater(t, arraySize(currentOrNew().mask), uint32(500))
			for i := range gone {
				gone[i].key.Disable()
			}
			if captured {
				kept.set(2)
			} else {
				Capture()
			}
			require.LessOrEqual(t, arraySize(currentOrNew().mask), uint32(2*firstArray))
			wantSound(t, currentOrNew())
			_, ok := kept.get()
			require.True(t, ok)
		})
	}
}
