package async

import "slices"

// The home of a key is its index modulo the size of the array of cells. A program with many
// storages, whose requests use some of them, would often set two with one home. A read of the
// second takes an eighth longer, of the fourth with that home a third. So at its first use a
// key gets an index whose home none of the caller's stores takes. Storages that are first used
// nested in a request never collide there, and that costs nothing later.

// homes are the cells that a goroutine's stores take in the smallest array with room for
// one more. A key with another home has another home in larger arrays, too.
type homes struct {
	cells uint64 // bit i is set if a store takes cell i
	mask  uint32 // number of cells less one
}

// takenBy returns the homes that the stores of a record take. It returns none if the record
// is nil, or has so many stores that the array would have more cells than homes has bits. A
// large array is not even looked at, or the first use of a key would depend on the number of
// stores.
func takenBy(r *Record) homes {
	if r == nil || arraySize(r.mask) > largeArray {
		return homes{}
	}
	cells := r.Cells()
	live, size := countLive(cells), firstArray
	for size <= live {
		size *= 2
	}
	if size > 64 {
		return homes{}
	}
	taken := homes{mask: uint32(size) - 1}
	for i := range cells {
		if t := cells[i].token; !t.IsVacant() && !registry.stale(t) {
			taken.add(t.Index())
		}
	}
	return taken
}

// largeArray is the size of arrays that seldom have so few stores that homes has room.
const largeArray = 512

// add adds the cell of a store. Of two stores with one home, the second takes the next cell,
// as in vacancy.
func (h *homes) add(index uint32) {
	for place := range uint32(maxProbe) {
		if cell := uint64(1) << ((index + place) & h.mask); h.cells&cell == 0 {
			h.cells |= cell
			return
		}
	}
}

// has reports whether a store takes the home of an index.
func (h homes) has(index uint32) bool { return h.cells>>(index&h.mask)&1 != 0 }

const (
	// fewReleased is how many of the released indexes take looks at.
	fewReleased = 8

	// fewIndexes is how many indexes there may be after take has skipped some. Thousands of
	// keys that are first used beside the same three stores would otherwise all have one
	// home. The first list of tokens has room for as many.
	fewIndexes = 63
)

// take removes an index from the free ones, or makes one. It avoids the homes that are taken:
// it looks at the indexes that were released last, and then makes new ones. Those that it
// skips are free for other keys.
func (ks *keys) take(taken homes) uint32 {
	last := len(ks.free) - 1
	for i := last; i >= 0 && i > last-fewReleased; i-- {
		if !taken.has(ks.free[i]) {
			return ks.reuse(i)
		}
	}
	for n := ks.last + 1; n <= fewIndexes; n++ {
		if !taken.has(scatter(n)) {
			for ks.last+1 < n {
				ks.free = append(ks.free, ks.extend())
			}
			return ks.extend()
		}
	}
	if last >= 0 {
		return ks.reuse(last)
	}
	return ks.extend()
}

// reuse removes the index at a position of the free ones.
func (ks *keys) reuse(i int) uint32 {
	index := ks.free[i]
	ks.free = slices.Delete(ks.free, i, i+1)
	return index
}
