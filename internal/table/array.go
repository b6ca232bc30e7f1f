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
	// replaced. Three quarters leave every probe an empty slot to end at; with a
	// hash as even as ours the fullest shard is there when the average is at 0.62
	// or more.
	shardLimit = shardSize * 3 / 4

	// minSlots is the size of the first array: one shard, 2 KiB on 64 bits.
	minSlots = shardSize
)

// An array is one generation of a table's slots. Assembly in package async reads
// size, slots and older; TestArrayLayout pins their offsets.
type array struct {
	size   uint64                // number of slots, a multiple of shardSize
	slots  unsafe.Pointer        // to [size]atomic.Pointer[Entry]
	older  atomic.Pointer[array] // what is being moved into newer arrays, nil if nothing
	shards []shard               // len is size/shardSize
	left   atomic.Int64          // shards of this array that are not moved yet
	cursor atomic.Uint64         // next shard of this array that an insert moves
}

type shard struct {
	// used counts the slots that are not empty, tombstones included. It only
	// grows. An insert reserves here before it takes an empty slot.
	used atomic.Int32
	// moved is set once every entry of the shard is in a newer array too.
	moved atomic.Bool
}

func newArray(slots uint64, older *array) *array {
	s := make([]atomic.Pointer[Entry], slots)
	a := &array{
		size:   slots,
		slots:  unsafe.Pointer(unsafe.SliceData(s)),
		shards: make([]shard, slots>>shardBits),
	}
	a.left.Store(int64(len(a.shards)))
	a.older.Store(older)
	return a
}

// slot returns the slot at a position below size. Sound because slots points to so many.
func (a *array) slot(pos uint64) *atomic.Pointer[Entry] {
	const size = unsafe.Sizeof(atomic.Pointer[Entry]{})
	return (*atomic.Pointer[Entry])(unsafe.Add(a.slots, uintptr(pos)*size))
}

// home returns the position where the probe for a hash starts. It takes the hash, which
// has 32 bits, for a fraction of the array. So an array can have any size, where a mask
// would ask for a power of two; both cost a read the same.
func (a *array) home(h uint64) uint64 { return h * a.size >> 32 }

// next returns the position behind another, where a probe goes on.
func (a *array) next(pos uint64) uint64 {
	if pos++; pos < a.size {
		return pos
	}
	return 0
}

// HashFactor spreads the addresses of g's, which are multiples of their size class and
// lie in runs, so evenly that the fullest shard of an array has at most 1.3 times the
// average when it is full. It is the best of 50 at random: with 2^64 divided by the
// golden ratio arrays grew at half of their slots (docs/designs.md).
const HashFactor = 0x227991c68fca2f63

// hash returns 32 bits that say where a probe starts; see array.home. A goroutine is
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
	pos := a.home(h)
	for range a.size {
		e := a.slot(pos).Load()
		if e == nil {
			return nil
		}
		if e.isOf(id) {
			return e
		}
		pos = a.next(pos)
	}
	return nil
}

// findAll is find in this array and everything behind it. It goes to the end of
// the chain before it looks at any slot. Had it looked here first, an entry could
// be moved here, and the array that it came from be cut off, before it got there.
func (a *array) findAll(h, id uint64) *Entry {
	if older := a.older.Load(); older != nil {
		if e := older.findAll(h, id); e != nil {
			return e
		}
	}
	return a.find(h, id)
}

// reuse lets a goroutine take over the entry of an earlier life of its g: its first
// store then allocates nothing. The last access of a goroutine to its entry and the
// first of the next one on the same g are ordered by the runtime, which hands the g
// from one to the other. The race detector cannot see that and would report the
// reuse; under it a goroutine takes a new entry instead.
const reuse = !race.Enabled

// takeOver returns an entry that an earlier goroutine on the same g left behind
// and whose owner is now what as says, nil if there is none.
func (a *array) takeOver(h uint64, g uintptr, as uint64) *Entry {
	pos := a.home(h)
	for range a.size {
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
		pos = a.next(pos)
	}
	return nil
}

// remove leaves a tombstone where e is, if it is in this array.
func (a *array) remove(h uint64, e *Entry) {
	pos := a.home(h)
	for range a.size {
		slot := a.slot(pos)
		switch slot.Load() {
		case nil:
			return
		case e:
			slot.CompareAndSwap(e, tombstone)
		}
		pos = a.next(pos)
	}
}

// put takes a slot for e, or finds that e has one. It returns false, and where the
// next empty slot is, if that one's shard is full.
//
// A new entry, which is in no array yet, may have the slot of a tombstone. The
// others are being moved, maybe by several goroutines at once. To each of them
// the first empty slot on the way is the same one or has become e's, so that none
// of them puts e there twice; with a tombstone they could.
func (a *array) put(h uint64, e *Entry, isNew bool) (at uint64, ok bool) {
	pos := a.home(h)
	for left := a.size; left > 0; {
		slot := a.slot(pos)
		switch there := slot.Load(); {
		case there == e:
			return pos, true
		case there == nil:
			used := &a.shards[pos>>shardBits].used
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
			pos = a.next(pos)
			left--
		}
	}
	return pos, false
}
