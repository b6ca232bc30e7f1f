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
	// replaced. So every probe ends at an empty slot. Our hash is even: when the fullest
	// shard reaches three quarters, the average is at 0.62 or more.
	shardLimit = shardSize * 3 / 4

	// minSlots is the size of the first array: one shard, 2 KiB on 64 bits.
	minSlots = shardSize
)

// An array is one generation of a table's slots. Assembly in package async reads
// size, slots and older; TestArrayLayout pins their offsets.
type array struct {
	size   uint64                // number of slots, a multiple of shardSize
	slots  unsafe.Pointer        // to [size]atomic.Pointer[Entry]
	older  atomic.Pointer[array] // the next older one, nil once its entries have been moved
	shards []shard               // len is size/shardSize
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
		size:   slots,
		slots:  unsafe.Pointer(unsafe.SliceData(s)),
		shards: make([]shard, slots>>shardBits),
	}
	a.left.Store(int64(len(a.shards)))
	a.older.Store(older)
	return a
}

// slot returns the slot at a position below size. Sound because slots points to size slots.
func (a *array) slot(pos uint64) *atomic.Pointer[Entry] {
	const size = unsafe.Sizeof(atomic.Pointer[Entry]{})
	return (*atomic.Pointer[Entry])(unsafe.Add(a.slots, uintptr(pos)*size))
}

// home returns the position where the probe for a hash starts: the hash, which has 32 bits,
// is a fraction of the array. So an array can have any size; a mask, which costs a read the
// same, would need a power of two.
func (a *array) home(h uint64) uint64 { return h * a.size >> 32 }

// next returns the position after pos in a probe.
func (a *array) next(pos uint64) uint64 {
	if pos++; pos < a.size {
		return pos
	}
	return 0
}

// HashFactor spreads the addresses of g's, which are multiples of their size class, many of
// them adjacent. When the fullest shard of an array is full it has at most 1.3 times the
// average. It is the best of 50 random factors: with 2^64 divided by the golden ratio
// arrays grew when they were half full (docs/designs.md).
const HashFactor = 0x227991c68fca2f63

// hash returns the 32 bits that array.home needs. It hashes the g, or the ID where the g is
// not known.
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

// put takes a slot for e, unless e has one. It returns false, and the position of the next
// empty slot, if the shard of that is full.
//
// A new entry, which is in no array yet, may take the slot of a tombstone. Other entries
// are being moved, maybe by several goroutines at once. They must not put e there twice:
// the first empty slot is the same for all of them or already has e. A slot can become a
// tombstone between two of them.
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
