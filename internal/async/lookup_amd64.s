#include "textflag.h"

// The leaves behind Lookup, Current, Capture and FastCell; leaf.go has how they are called. The
// times are with and without that leaf, the others in use: the least of 200 runs of 2,000
// calls on an AMD EPYC, Go 1.26, where a context.WithValue takes 20 ns.
//
// On entry the argument is in AX, R14 is the g, and the return address lies at SP.
// Results go to AX, BX and CX. All other general registers but BP are free to use. A leaf has
// no frame, writes no memory and calls nothing. So stack walks and the collector need to
// know nothing of it, and it is never preempted.

// Offsets that TestRecordLayout and package table's TestArrayLayout pin.
#define array_mask    0
#define array_slots   8
#define array_older   16
#define record_cells  16
#define record_mask   24
#define record_shared 28
#define record_scoped 29
#define record_flags  28
#define record_published 32
#define cell_ptr      16
#define cell_length   24
#define grant_root   8

#define INDEX_BITS 0x1fffffe0
#define PURPOSE_BITS 0xe0000000
#define ROOM 0x20000

// How many slots are looked at before the twin takes over. A probe of the newest
// array ends at an empty slot, most often the first. In the fullest arrays a tenth of the
// probes for goroutines without a record are longer than 8 (docs/designs.md).
#define PROBES 32

// FIND_RECORD leaves the caller's record in R11, 0 if there is none in the newest
// array, and that array in R9. offset is the variable with the offset of the goid. The
// macro goes to slow if that is 0 or the record is not where it usually is. It leaves AX
// and SI alone.
//
// The array's older is loaded before its slots: if it is nil, every entry has been moved
// to this array by then. amd64 does not reorder loads; findAll in package table has the
// argument. To look at older only after a miss, and then at the slots again, made a hit one
// percent faster and a miss a third slower.
#define FIND_RECORD(offset) \
	MOVQ  offset(SB), CX \
	TESTQ CX, CX \
	JZ    slow \
	MOVQ  ·records(SB), R9 \
	MOVQ  $0x9e3779b97f4a7c15, BX \
	IMULQ R14, BX \
	CMPQ  array_older(R9), $0 \
	JNE   slow \
	MOVQ  array_slots(R9), R10 \
	MOVQ  (R14)(CX*1), DX \
	SHRQ  $32, BX \
	ANDQ  array_mask(R9), BX \
	MOVQ  (R10)(BX*8), R11 \
	TESTQ R11, R11 \
	JZ    found \
	CMPQ  (R11), DX \
	JEQ   found \
	MOVL  $PROBES, CX \
probe: \
	DECL  CX \
	JZ    slow \
	INCQ  BX \
	ANDQ  array_mask(R9), BX \
	MOVQ  (R10)(BX*8), R11 \
	TESTQ R11, R11 \
	JZ    found \
	CMPQ  (R11), DX \
	JNE   probe \
found:

// TO_TWIN jumps to the func value in a variable, with AX as it was on entry. DX is the
// context register; the first word of a func value is the address of its code.
#define TO_TWIN(twin) \
	MOVQ twin(SB), DX \
	MOVQ (DX), CX \
	JMP  CX

// FIND_STORE returns the address of the store of the token in SI from the record in
// R11, or nil (none). The masked token is the offset of the cell.
//
// A store lies in its cell (inplace), or the cell points to it (done), or to its grant
// (held). The length of a cell of a revocable key tells the first from the last. The value
// of a grant is nil if the store was revoked. If a scope is open then, the twin checks
// whether another goroutine has ended that.
//
// If the cell does not hold our store (other), one of the next three may, unless this one
// was never used; see Record.find. Three comparisons are faster than a loop over the three.
// With mask and cells in registers a read takes 3.4 to 3.9 ns there instead of 3.6 to 4.2,
// and 3.0 at home (docs/designs.md).
#define FIND_STORE \
	MOVL  record_mask(R11), R8 \
	MOVQ  record_cells(R11), R10 \
	MOVL  R8, CX \
	ANDL  SI, CX \
	CMPQ  (R10)(CX*1), SI \
	JNE   other \
hit: \
	ADDQ  R10, CX \
	TESTL $3, SI \
	JNZ   indirect \
inplace: \
	ANDL  $28, SI \
	LEAQ  (CX)(SI*1), AX \
	RET \
indirect: \
	MOVQ  cell_ptr(CX), BX \
	TESTL $1, SI \
	JZ    held \
	TESTL $2, SI \
	JZ    done \
	CMPQ  cell_length(CX), $0 \
	JNE   inplace \
held: \
	MOVQ  grant_root(BX), DX \
	CMPQ  (DX), $0 \
	JEQ   revoked \
	MOVQ  (BX), BX \
	TESTQ BX, BX \
	JZ    revoked \
done: \
	MOVQ  BX, AX \
	RET \
revoked: \
	CMPB  record_scoped(R11), $0 \
	JNE   slow \
	JMP   none \
other: \
	CMPQ  (R10)(CX*1), $0 \
	JEQ   none \
	LEAL  32(SI), CX \
	ANDL  R8, CX \
	CMPQ  (R10)(CX*1), SI \
	JEQ   hit \
	TESTL R8, R8 \
	JZ    none \
	LEAL  64(SI), CX \
	ANDL  R8, CX \
	CMPQ  (R10)(CX*1), SI \
	JEQ   hit \
	LEAL  96(SI), CX \
	ANDL  R8, CX \
	CMPQ  (R10)(CX*1), SI \
	JEQ   hit \
none: \
	XORL  AX, AX \
	RET

// NO_RECORD goes to slow if the array in R9, which has no record, is not the newest any
// more.
#define NO_RECORD \
	CMPQ  R9, ·records(SB) \
	JNE   slow

// COMPARE leaves the labels of the goroutine in DX. It goes to norecord if there is no
// record in R11, and to slow if the record has not published these labels.
#define COMPARE \
	MOVQ  ·labelsOffset(SB), DX \
	MOVQ  (R14)(DX*1), DX \
	TESTQ R11, R11 \
	JZ    norecord \
	CMPQ  DX, record_published(R11) \
	JNE   slow

// A read takes 3.3 ns with this leaf and 10.2 without it; with inheritance 3.8 and 14.2.
//
// func(k *Key) unsafe.Pointer
TEXT lookup<>(SB), NOSPLIT|NOFRAME, $0-0
	TESTQ AX, AX
	JZ    nokey
	MOVQ  (AX), SI             // the token; 0 if the key was never used
	TESTQ SI, SI
	JZ    unused
	FIND_RECORD(·goidOffset)
	TESTQ R11, R11
	JZ    norecord
	FIND_STORE

norecord:
	NO_RECORD
	JMP   none

unused:
	CMPQ  ·goidOffset(SB), $0  // 0 while an observer must be called for each use
	JNE   none
slow:
	JMP   lookupComparing<>(SB)

nokey:
	TO_TWIN(·lookupTwin)       // which panics

// lookup with inheritance, where a goroutine's labels carry its stores. If they are not
// those published, the twin has to take the stores from them first.
TEXT lookupComparing<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·comparingOffset)
	COMPARE
	TESTQ SI, SI
	JZ    none
	FIND_STORE

norecord:
	TESTQ DX, DX
	JNZ   slow
	NO_RECORD
	JMP   none

slow:
	TO_TWIN(·lookupTwin)

// A bound call takes 10.4 ns with this leaf and 14.1 without it, a scope 19 and 26; with
// inheritance a bound call takes 15.6 and 23.
//
// func() *Record
TEXT current<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·goidOffset)
	TESTQ R11, R11
	JZ    norecord
	MOVQ  R11, AX
	RET

norecord:
	NO_RECORD
	XORL  AX, AX
	RET

slow:
	JMP   currentComparing<>(SB)

// Current with inheritance.
TEXT currentComparing<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·comparingOffset)
	COMPARE
	MOVQ  R11, AX
	RET

norecord:
	TESTQ DX, DX
	JNZ   slow
	NO_RECORD
	XORL  AX, AX
	RET

slow:
	TO_TWIN(·currentTwin)

// CAPTURED returns the context of the record in R11. It goes to slow if the cells are not those
// of a context, a scope is open, or a search for private stores is needed.
#define CAPTURED \
	CMPW  record_shared(R11), $1 \
	JNE   slow \
	MOVQ  record_cells(R11), AX \
	LEAQ  ·noCells(SB), DX \
	CMPQ  AX, DX \
	JEQ   slow \
	CMPL  ·privateInUse(SB), $0 \
	JNE   slow \
	MOVL  record_mask(R11), BX \
	MOVL  record_flags(R11), CX \
	ANDL  $ROOM, CX \
	RET

// A Snapshot takes 2.5 ns with this leaf, 3.1 with that of Current and the rest in Go, and 9.2
// without it; with inheritance 3.2, 3.6 and 13.5. A Bind takes 19.9, 20.8 and 26.3. (Measured
// later; a context.WithValue takes 20 there, too.)
//
// func() Context
TEXT capture<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·goidOffset)
	TESTQ R11, R11
	JZ    norecord
	CAPTURED

norecord:
	NO_RECORD
	XORL  AX, AX
	XORL  BX, BX
	XORL  CX, CX
	RET

slow:
	JMP   captureComparing<>(SB)

// capture with inheritance.
TEXT captureComparing<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·comparingOffset)
	COMPARE
	CAPTURED

norecord:
	TESTQ DX, DX
	JNZ   slow
	NO_RECORD
	XORL  AX, AX
	XORL  BX, BX
	XORL  CX, CX
	RET

slow:
	TO_TWIN(·captureTwin)

// FIND_CELL returns the record in R11 and the cell of the key with the token in AX, one
// of the four from its home on. It goes to slow if the cells are shared, a scope is open,
// or the key has no cell yet.
#define FIND_CELL \
	CMPW  record_shared(R11), $0 \
	JNE   slow \
	MOVL  record_mask(R11), CX \
	MOVQ  record_cells(R11), DX \
	MOVQ  CX, BX \
	ANDQ  AX, BX \
	MOVQ  (DX)(BX*1), SI \
	XORQ  AX, SI \
	TESTL $INDEX_BITS, SI \
	JNZ   other \
mine: \
	ADDQ  DX, BX \
	MOVQ  R11, AX \
	RET \
other: \
	MOVL  $3, R8 \
place: \
	CMPQ  (DX)(BX*1), $0 \
	JEQ   slow \
	ADDQ  $32, BX \
	ANDQ  CX, BX \
	MOVQ  (DX)(BX*1), SI \
	XORQ  AX, SI \
	TESTL $INDEX_BITS, SI \
	JZ    mine \
	DECL  R8 \
	JNZ   place \
	JMP   slow

// A Run takes 9.0 ns with this leaf and 13.5 without it; with inheritance 39 and 50.
//
// func(t Token) (*Record, *Cell)
TEXT fastCell<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·goidOffset)
	TESTQ R11, R11
	JZ    slow
	FIND_CELL

slow:
	JMP   fastCellComparing<>(SB)

// fastCell with inheritance. For keys with a purpose the observer needs more than a report
// of the cell.
TEXT fastCellComparing<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·comparingOffset)
	COMPARE
	TESTL $PURPOSE_BITS, AX
	JNZ   slow
	FIND_CELL

norecord:
slow:
	TO_TWIN(·fastCellTwin)

// func(x uint64) (plus, inverse uint64)
TEXT probe<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ  (TLS), CX
	CMPQ  CX, R14
	JNE   notg
	MOVQ  AX, BX
	NOTQ  BX
	INCQ  AX
notg:
	RET

// The entries are ordinary relocations to the code above.
DATA ·lookupEntry(SB)/8, $lookup<>(SB)
GLOBL ·lookupEntry(SB), NOPTR, $8
DATA ·currentEntry(SB)/8, $current<>(SB)
GLOBL ·currentEntry(SB), NOPTR, $8
DATA ·captureEntry(SB)/8, $capture<>(SB)
GLOBL ·captureEntry(SB), NOPTR, $8
DATA ·fastCellEntry(SB)/8, $fastCell<>(SB)
GLOBL ·fastCellEntry(SB), NOPTR, $8
DATA ·probeEntry(SB)/8, $probe<>(SB)
GLOBL ·probeEntry(SB), NOPTR, $8
