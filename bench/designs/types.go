package designs

import (
	"unsafe"

	_ "github.com/seed-1938943e/goroutine" // initializes package g
	"github.com/seed-1938943e/goroutine/internal/g"
)

// goidOffset is the offset of the goid in a g. It is 0 if the assembly cannot be used;
// then every test skips. Written once, by init.
var goidOffset = g.GoidOffset()

// A cell holds one store in place. An integer uses w0, a pointer p, a string p and w1,
// an interface w0 and p, any other type a box in p. w0 may hold the type word of an
// interface, because itabs and types are never freed.
type cell struct {
	token uintptr
	w0    uintptr
	p     unsafe.Pointer
	w1    uintptr
}

const (
	cellSize = unsafe.Sizeof(cell{})
	maxCells = 64 // per record; a power of two, so that a mask keeps an index inside
)

// A key describes a storage to a leaf.
type key struct {
	// code is the entry of the leaf, first because a pointer to a key is then
	// also a func value whose context is the key. 0 for leaves that are called
	// by name. Written once, before the key is used.
	code uintptr
	// token is generation<<32 | index*cellSize.
	token uintptr
	// off is the offset of the value in a cell.
	off uintptr
	// near is the offset of the cell in a record with cells inside.
	near uintptr
	// boxed is not 0 if the value is in a box, to which p points. Only leaves for
	// boxes read it.
	boxed uintptr
	// def looks like a cell with the default as its store.
	def cell
}

// A head is a goroutine's record without its near cells; all tables hold heads.
type head struct {
	goid  uint64         // valid for this goroutine only, never reused
	mask  uintptr        // (number of far cells - 1) * cellSize
	cells unsafe.Pointer // the far cells, an array of their own that could grow
	size  uintptr        // of the record with its near cells; a larger one would replace it
}

// A record is a head with near cells behind it, in the same allocation. Other
// goroutines' records in the tables are heads alone.
type record struct {
	head
	nearCells [maxCells]cell
}

// A table is an open-addressed array of records, keyed by g. At least one slot
// is empty.
type table struct {
	mask  uintptr  // number of slots - 1; the number is a power of two
	slots [1]*head // really mask+1 of them
}

const directSize = 1 << 16

// The tables that the leaves read. Tests fill them, for the goroutine that then
// measures.
var (
	// current is the growable table: a growth would replace it.
	current *table
	// shards are the same table cut into 64 by the top bits of the hash.
	shards [64]*table
	// byHash has a record at the low 16 bits of its g's hash, byGoid at those of
	// its goid. A newer record replaces an older one, which then is found in
	// current.
	byHash, byGoid [directSize]*head
	// only is the one record of the design that has no table.
	only *head
)

// multiplier is 2^64 divided by the golden ratio.
const multiplier = 0x9E3779B97F4A7C15

// hash is the hash of all prototypes; hash_test.go has its competitors.
func hash(gp uintptr) uintptr { return uintptr(uint64(gp) * multiplier >> 32) }
