package designs

import (
	"reflect"
	"sync"
	"testing"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// records is the table of the sync.Map design.
var records sync.Map // uint64 -> *head

// fakes is the address of the first g of the other goroutines. They are 480 bytes
// apart, the size class of a g in Go 1.26, at addresses like those of real ones.
var fakes = uint64(0xc1 << 32)

// Populate fills all tables for the calling goroutine, which then measures. They get
// the caller's record without stores, if hasRecord is set, and as many records of other
// goroutines, which do not exist, as others says. The caller's record is the first in the
// growable table and the last in the direct-mapped ones, so that the first probe finds it.
// [Displace] does the opposite.
func Populate(hasRecord bool, others int) {
	slots := 64
	for others+1 > slots*3/4 {
		slots *= 2
	}
	current = newTable(slots)
	for i := range shards {
		shards[i] = newTable(max(16, slots/len(shards)*2))
	}
	clear(byHash[:])
	clear(byGoid[:])
	records.Clear()
	only = new(head)

	self, id := g.Self()
	gp := self
	own := newRecord(id)
	if hasRecord {
		only = &own.head
		insert(gp, only)
	}
	for i := range others {
		fake := uintptr(fakes + uint64(i)*480)
		insert(fake, &head{goid: 1<<40 + uint64(i)})
	}
	if hasRecord {
		byHash[uint16(hash(gp))] = only
		byGoid[uint16(id)] = only
	}
}

// Displace sets another goroutine's record in the first slot of the caller's lookup.
func Displace() {
	self, id := g.Self()
	i := hash(self)
	other := &head{goid: 1 << 41}
	byHash[uint16(i)] = other
	byGoid[uint16(id)] = other
	own := *current.slot(i)
	*current.slot(i) = other
	*current.slot(i + 1) = own
}

// Usable reports whether this process can run the prototypes.
func Usable() bool { return goidOffset != 0 }

func requireUsable(tb testing.TB) {
	if !Usable() {
		tb.Skip("no assembly that reads the g, or an unknown layout of g")
	}
}

// newRecord returns a record without stores.
func newRecord(id uint64) *record {
	r := &record{}
	r.goid = id
	r.size = unsafe.Sizeof(*r)
	r.cells = unsafe.Pointer(new([maxCells]cell)) // as long as mask says
	r.mask = (maxCells - 1) * cellSize
	for i := range r.nearCells {
		// No key has this token, not even the zero key.
		r.nearCells[i].token = ^uintptr(0)
		r.far(uintptr(i) * cellSize).token = ^uintptr(0)
	}
	return r
}

func insert(gp uintptr, r *head) {
	place := func(t *table) {
		for i := hash(gp); ; i++ {
			if s := t.slot(i); *s == nil {
				*s = r
				return
			}
		}
	}
	place(current)
	place(shards[hash(gp)>>26])
	byHash[uint16(hash(gp))] = r
	byGoid[uint16(r.goid)] = r
	records.Store(r.goid, r)
}

// newTable returns a table of a type with the given number of slots, so that the
// collector sees all of them.
func newTable(slots int) *table {
	t := reflect.New(reflect.StructOf([]reflect.StructField{
		{Name: "Mask", Type: reflect.TypeFor[uintptr]()},
		{Name: "Slots", Type: reflect.ArrayOf(slots, reflect.TypeFor[*head]())},
	}))
	// Sound because that type begins with the fields of a table.
	p := (*table)(t.UnsafePointer())
	p.mask = uintptr(slots - 1)
	return p
}

// slot returns the slot of a hash.
func (t *table) slot(i uintptr) **head {
	// Inside the array because of the mask.
	return (**head)(unsafe.Add(unsafe.Pointer(&t.slots), (i&t.mask)*unsafe.Sizeof(t.slots[0])))
}

// far returns the far cell at an offset in bytes.
func (h *head) far(off uintptr) *cell {
	// Inside the array because of the mask, and a multiple of the size of a cell.
	return (*cell)(unsafe.Add(h.cells, off&h.mask))
}

// near returns the near cell at an offset from the start of the record.
func (h *head) near(off uintptr) *cell {
	// The caller's own head is the start of a record; off lies in its cells.
	return (*cell)(unsafe.Add(unsafe.Pointer(h), off))
}

// self returns the caller's record, for the parts of a prototype that are not
// measured.
func self() *head {
	_, id := g.Self()
	if r, ok := records.Load(id); ok {
		return r.(*head)
	}
	return nil
}
