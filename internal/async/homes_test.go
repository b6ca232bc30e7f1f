package async

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unused reports whether this process was started for t and has used no key. If not, it
// runs t in such a process. The end of an earlier test's key would make an index stale.
func unused(t *testing.T) bool {
	const again = "ASYNC_TEST_UNUSED"
	if os.Getenv(again) != "" {
		return true
	}
	stdout, stderr, exitCode := testkit.Again(t, again+"=1")
	assert.Zero(t, exitCode, "%s%s", stdout, stderr)
	return false
}

// Keys that are first used nested have homes of their own, whatever other keys are first used
// in between, elsewhere.
func TestKeysFirstUsedNestedHaveHomesOfTheirOwn(t *testing.T) {
	if !unused(t) {
		return
	}
	withTokens(t)
	for seed := range uint64(500) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		var ks keys
		r := anyRecord(1)
		for depth := range 7 { // at most 3 indexes are skipped or used elsewhere for each
			for range rnd.IntN(4) {
				ks.take(homes{})
			}
			index := ks.take(takenBy(r))
			c := r.cellFor(tokenAt(index))
			c.Prepare(tokenAt(index))
			if rnd.IntN(4) == 0 {
				require.True(t, r.has(shared) || r.freeze())
			}
			for _, c := range cellsOf(r) {
				if c.token != 0 {
					require.Equal(t, c.token, cellAt(r.cells, r.mask, c.token, 0).token,
						"seed %d: index %d is not at its home among %d", seed, c.token.Index(), depth+1)
				}
			}
		}
		wantSound(t, r)
		assert.LessOrEqual(t, arraySize(r.mask), uint32(8))
	}
}

// takenBy counts the stores of a record, at the cells that they would have in an array that
// is as small as possible.
func TestTakenBy(t *testing.T) {
	if !unused(t) {
		return
	}
	withTokens(t)
	taken := func(size uint32, stores ...uint32) []int {
		r := anyRecord(size)
		for _, index := range stores {
			r.cellFor(tokenAt(index)).Prepare(tokenAt(index))
		}
		var cells []int
		h := takenBy(r)
		for i := range int(h.mask) + 1 {
			if h.has(uint32(i)) {
				cells = append(cells, i)
			}
		}
		return cells
	}
	assert.Equal(t, homes{}, takenBy(nil))
	assert.Empty(t, taken(1))
	assert.Equal(t, []int{3}, taken(1, 7))
	assert.Equal(t, []int{1, 2, 3}, taken(4, 1, 5, 3), "5 has no room at its home")
	assert.Equal(t, []int{0, 3}, taken(4, 7, 3), "around the end")
	assert.Equal(t, []int{1, 2, 3, 4}, taken(4, 1, 2, 3, 4), "one more needs a larger array")
	assert.Equal(t, []int{1, 2}, taken(64, 9, 18), "the record's array is larger than it need be")

	large := anyRecord(2 * largeArray)
	large.cellFor(tokenAt(1)).Prepare(tokenAt(1))
	assert.Equal(t, homes{}, takenBy(large), "a large array is not looked at")

	many := anyRecord(64)
	for index := range uint32(64) {
		many.cellFor(tokenAt(index + 1)).Prepare(tokenAt(index + 1))
	}
	assert.Equal(t, homes{}, takenBy(many))

	r := anyRecord(4)
	for _, index := range []uint32{1, 2, 3} {
		r.cellFor(tokenAt(index)).Prepare(tokenAt(index))
	}
	r.find(tokenAt(1)).vacate(tokenAt(1))
	registry.advance(firstMadeUp + 2)
	assert.Equal(t, homes{cells: 1 << 3, mask: 3}, takenBy(r), "a vacant and a stale cell take nothing")
}

// Indexes that are skipped go to other keys, before new ones are made.
func TestSkippedIndexesAreUsed(t *testing.T) {
	var ks keys
	taken := homes{cells: 0b1110, mask: 3}
	require.EqualValues(t, 4, ks.take(taken))
	assert.EqualValues(t, 4, ks.last)
	var next []uint32
	for range 3 {
		next = append(next, ks.take(homes{}))
	}
	slices.Sort(next)
	assert.Equal(t, []uint32{1, 2, 3}, next)
	assert.EqualValues(t, 5, ks.take(homes{}))

	ks.free = []uint32{1, 4, 2, 3}
	assert.EqualValues(t, 4, ks.take(taken), "a free one with that home")
	assert.Equal(t, []uint32{1, 2, 3}, ks.free)
	assert.EqualValues(t, 8, ks.take(taken), "a new one")
	ks.free = append([]uint32{4}, 1, 2, 3, 5, 6, 7, 9, 10)
	ks.last = 10
	assert.EqualValues(t, 12, ks.take(taken), "a new one: 4 is too far down the list")
}

// However many keys are first used beside the same stores, few indexes are skipped, and the
// keys have many homes.
func TestThousandsOfKeysBesideTheSameStoresHaveManyHomes(t *testing.T) {
	var ks keys
	taken := homes{cells: 0b1110, mask: 3}
	var tokens []Token
	for range 10_000 {
		tokens = append(tokens, tokenAt(ks.take(taken)))
	}
	assert.LessOrEqual(t, int(ks.last), len(tokens)+fewIndexes)
	assert.LessOrEqual(t, len(ks.free), fewReleased)
	for _, n := range []int{16, 64, 1000, 10_000} {
		assert.LessOrEqual(t, roomFor(tokens[:n]), 4*n, "the first %d", n)
	}
}

// The first list of tokens has room for all indexes among which some may be skipped.
func TestSkippingMakesNoListLonger(t *testing.T) {
	var ks keys
	ks.extend()
	room := len(*ks.tokens.Load())
	for ks.last < fewIndexes {
		ks.take(homes{cells: 0b0111, mask: 3})
	}
	assert.Len(t, *ks.tokens.Load(), room)
}

// Use passes the caller's stores to the registry: those of its record, and of a context.
func TestUseAvoidsTheCallersHomes(t *testing.T) {
	if !unused(t) {
		return
	}
	elsewhere := func(keys int) {
		testkit.InGoroutine(func() {
			for range keys {
				forever = append(forever, new(variable[int]))
				forever[len(forever)-1].token()
			}
		})
	}
	var a, b, c, d, e variable[int]
	nested := []*variable[int]{&a, &b, &c, &d}
	home := func(v *variable[int]) uint32 { return v.token().Index() % firstArray }
	elsewhere(1)
	a.run(1, func() {
		elsewhere(3)
		b.run(2, func() {
			captured := Capture()
			testkit.InGoroutine(func() {
				enter(captured, func() {
					elsewhere(4)
					c.run(3, func() {
						elsewhere(2)
						d.run(4, func() {
							seen := map[uint32]bool{}
							for _, v := range nested {
								seen[home(v)] = true
							}
							assert.Len(t, seen, len(nested))
							e.run(5, func() { assert.NotEqual(t, a.token().Index()%8, e.token().Index()%8) })
						})
					})
				})
			})
		})
	})
}

var forever []*variable[int]
