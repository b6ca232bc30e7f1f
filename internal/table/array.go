package table

import (
	"sync/atomic"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/race"
)

const (
	shardBits = 8
	shardSize = 1 << shardBits

	// shardLimit is how many slots of a shard may be taken before the array is
	// replaced. Three quarters leave every probe an empty slot to end at. Because
	// the hash is even, the fullest shard is three quarters full when the average
	// shard is two thirds full.
	shardLimit = shardSize * 3 / 4

	// minSlots is the size of the first array: one shard, 2 KiB on 64 bits.
	minSlots = shardSize
)

// An array is one generation of a table's slots. Assembly in package async reads
// mask, slots and older; TestArrayLayout pins their offsets.
type array struct {
	mask   uint64                // number of slots less one
	slots  unsafe.Pointer        // to [mask+1]atomic.Pointer[Entry]
	older  atomic.Pointer[array] // what is being moved into newer arrays, nil if nothing
	shards []shard               // len is (mask+1)/shardSize
	left   atomic.Int64          // shards of this array that are not moved yet
	cursor atomic.Uint64         // next shard of this array that an insert moves
}

type shard struct {
	// used counts the slots that are not empty, tombstones included. An insert increments
	// it before it takes an empty slot, and decrements it only if it fails.
	used atomic.Int32
	// moved is set once every entry of the shard is in a newer array, too.
	moved atomic.Bool
}

func newArray(slots uint64, older *array) *array {
	s := make([]atomic.Pointer[Entry], slots)
	a := &array{
		mask:   slots - 1,
		slots:  unsafe.Pointer(unsafe.SliceData(s)),
		shards: make([]shard, slots>>shardBits),
	}
	a.left.Store(int64(len(a.shards)))
	a.older.Store(older)
	return a
}

// slot returns the slot at a position; it wraps around. Sound because slots
// points to mask+1 of them.
func (a *array) slot(pos uint64) *atomic.Pointer[Entry] {
	const size = unsafe.Sizeof(atomic.Pointer[Entry]{})
	return (*atomic.Pointer[Entry])(unsafe.Add(a.slots, uintptr(pos&a.mask)*size))
}

// HashFactor is 2^64 divided by the golden ratio, made odd. The addresses of g's
// are multiples of their size class and lie in runs; the middle bits of the
// product spread them evenly (docs/designs.md has the comparison).
const HashFactor = 0x9e3779b97f4a7c15

// hash returns where a probe starts, before the mask is applied. A goroutine is
// known by its g, or by its ID where the g is not known.
func hash(g uintptr, id uint64) uint64 {
	key := uint64(g)
	if g == 0 {
		key = id
	}
	return key * HashFactor >> 32
}

// find returns the entry that belongs to goroutine id, nil if there is none in
// this array. It takes at most as many steps as there are slots.
func (a *array) find(h, id uint64) *Entry {
	for pos := h; pos <= h+a.mask; pos++ {
		e := a.slot(pos).Load()
		if e == nil {
			return nil
		}
		if e.isOf(id) {
			return e
		}
	}
	return nil
}

// findAll is find in this array and the older ones. It starts with the oldest. If it
// started here, an entry could be moved here, and its array be dropped, before findAll
// got to that.
func (a *array) findAll(h, id uint64) *Entry {
	if older := a.older.Load(); older != nil {
		if e := older.findAll(h, id); e != nil {
			return e
		}
	}
	return a.find(h, id)
}

// reuse lets a goroutine take over the entry of an earlier goroutine on its g: its first
// store then allocates nothing. The runtime hands a g from one goroutine to the next, which
// orders their accesses to the entry. The race detector cannot see that and would report
// the reuse; under it a goroutine takes a new entry instead.
const reuse = !race.Enabled

// takeOver makes as the owner of an entry that an earlier goroutine on the same g left, and
// returns the entry. It returns nil if there is none.
func (a *array) takeOver(h uint64, g uintptr, as uint64) *Entry {
	for pos := h; pos <= h+a.mask; pos++ {
		slot := a.slot(pos)
		e := slot.Load()
		switch {
		case e == nil:
			return nil
		case e.g != g:
		case reuse:
			if e.takeOwnership(as) {
				return e
			}
		case e.takeOwnership(gone):
			slot.CompareAndSwap(e, tombstone)
		}
	}
	return nil
}

// remove leaves a tombstone where e is, if it is in this array.
func (a *array) remove(h uint64, e *Entry) {
	for pos := h; pos <= h+a.mask; pos++ {
		slot := a.slot(pos)
		switch slot.Load() {
		case nil:
			return
		case e:
			slot.CompareAndSwap(e, tombstone)
		}
	}
}

// put takes a slot for e, unless e has one. It returns false, and the position of the next
// empty slot, if the shard of that is full.
//
// A new entry, which is in no array yet, may take the slot of a tombstone. Other entries
// are being moved, maybe by several goroutines at once. They must not put e there twice:
// the first empty slot is the same for all of them or already has e. A slot can become a
// tombstone between two of them.
func (a *array) put(h uint64, e *Entry, isNew bool) (at uint64, ok bool) {
	pos := h
	for pos <= h+a.mask {
		slot := a.slot(pos)
		switch there := slot.Load(); {
		case there == e:
			return pos, true
		case there == nil:
			used := &a.shards[pos&a.mask>>shardBits].used
			if used.Add(1) > shardLimit {
				used.Add(-1)
				return pos, false
			}
			if slot.CompareAndSwap(nil, e) {
				return pos, true
			}
			used.Add(-1)
		case there == tombstone && isNew:
			if slot.CompareAndSwap(tombstone, e) {
				return pos, true
			}
		default:
			pos++
		}
	}
	return pos, false
}
