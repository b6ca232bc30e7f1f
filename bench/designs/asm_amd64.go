package designs

import "unsafe"

// The leaves that are called by name follow ABI0, which Go promises to keep:
// arguments and results are on the stack, and the caller fetches R14 and X15
// again after the call.

// abi0Record returns the caller's record, nil if it has none.
func abi0Record() *head

// abi0Slot returns the far cell of k, with any token, or nil without a record. Run
// calls it first.
func abi0Slot(k *key) *cell

// abi0Cell returns the address of the store, or of the default: the design that
// the others are compared with. Growable table, far cells.
func abi0Cell(k *key) unsafe.Pointer

// abi0CellOrNil is abi0Cell with nil in place of the default, for a GetStore with
// two results.
func abi0CellOrNil(k *key) unsafe.Pointer

// abi0CellOK is abi0Cell with a bool that is false for the default.
func abi0CellOK(k *key) (p unsafe.Pointer, ok bool)

// abi0Store is abi0Cell for stores of any size: it follows the pointer to a box.
func abi0Store(k *key) unsafe.Pointer

// abi0Direct is abi0Cell with the 65,536 records of byHash in front.
func abi0Direct(k *key) unsafe.Pointer

// abi0Shard is abi0Cell with one more load, of the shard.
func abi0Shard(k *key) unsafe.Pointer

// abi0Near is abi0Cell with the cells in the record.
func abi0Near(k *key) unsafe.Pointer

// abi0Goid is abi0Cell with the 65,536 records of byGoid in front.
func abi0Goid(k *key) unsafe.Pointer

// abi0GoidNear is abi0Near with byGoid in front.
func abi0GoidNear(k *key) unsafe.Pointer

// The leaves that are entered through a func value follow ABIInternal as it has
// been since Go 1.17: R14 is the g, DX the context of the func value, the first
// argument and the first result are in AX, the second result in BX, and all other
// general registers but SP and BP are free to use. These are their entries; a leaf
// of this kind has no name in Go, because a name would mean ABI0.
var (
	regG         uintptr // func() unsafe.Pointer: R14, and nothing else
	regContext   uintptr // func() unsafe.Pointer: DX, and nothing else
	regNext      uintptr // func(uintptr) uintptr: AX + 1
	regCellArg   uintptr // func(*key) unsafe.Pointer: abi0Cell
	regCell      uintptr // with a key as context, func() unsafe.Pointer: abi0Cell
	regNearArg   uintptr // func(*key) unsafe.Pointer: abi0Near
	regNear      uintptr // with a key as context, func() unsafe.Pointer: abi0Near
	regStoreArg  uintptr // func(*key) (unsafe.Pointer, bool): abi0Near for boxes too, and whether it is a store
	regCellOrNil uintptr // func(*key) unsafe.Pointer: abi0CellOrNil
	regHandOver  uintptr // func(*key) unsafe.Pointer: jumps to twin at once
	regGoidNear  uintptr // the same: abi0GoidNear
	regOnly      uintptr // the same, with the one record of only: no table at all
	regInt       uintptr // func() int, w0 itself: the cell as in regNear
	regPointer   uintptr // func() *T, p itself
	regString    uintptr // func() string, p and w1 themselves
	regInterface uintptr // func() I, w0 and p themselves
	regIntConst  uintptr // regInt with 152 for the offset of the goid
	regSlot      uintptr // func(*key) *cell: the near cell with any token, nil without a record
)

// twin stands for the portable code to which a leaf jumps in rare cases. A leaf that
// is called by name jumps to a Go function by name. This one has its argument in a
// register, so it jumps to a func value.
var twin func(*key) unsafe.Pointer

// constGoidOffset is the offset that regIntConst has built in (Go 1.25 to 1.27).
const constGoidOffset = 152
