#include "textflag.h"

// The leaves behind Lookup, current and FastCell; leaf.go says how they are entered. What
// each saves was measured by leaving the others in place: the least of 200 runs of 2,000
// calls, AMD EPYC, Go 1.26, where a context.WithValue takes 20 ns.
//
// On entry the argument is in AX, R14 is the g, and the return address lies at SP.
// Results go to AX and BX. All other general registers but BP are free to use. A
// leaf has no frame, writes no memory and calls nothing, so there is nothing in it
// for a stack walk or the collector to see, and no point where it is preempted.

// Offsets that TestRecordLayout and package table's TestArrayLayout pin.
#define array_size    0
#define array_slots   8
#define array_older   16
#define record_cells  16
#define record_mask   24
#define record_shared 28
#define record_scoped 29
#define record_published 32
#define cell_ptr      16
#define cell_length   24
#define grant_root   8

#define INDEX_BITS 0x1fffffe0
#define PURPOSE_BITS 0xe0000000

// How many slots are looked at before the twin takes over. A probe of the newest
// array ends at an empty slot, most often the first.
#define PROBES 8

// FIND_RECORD leaves the caller's record in R11, 0 if there is none in the newest
// array, and that array in R9. offset is the variable that says where the goid lies. It
// goes to slow if that is 0 or the record is not where it usually is. It leaves AX and
// SI alone.
//
// The array's older is loaded before its slots: if it is nil, every entry has
// been moved here by then (loads happen in order here; findAll in package table
// has the argument). Looking at it only after a miss, and once more at the slots,
// made a hit one percent faster and a miss a third slower.
#define FIND_RECORD(offset) \
	MOVQ  offset(SB), CX \
	TESTQ CX, CX \
	JZ    slow \
	MOVQ  ·records(SB), R9 \
	MOVQ  $0x227991c68fca2f63, BX \
	IMULQ R14, BX \
	CMPQ  array_older(R9), $0 \
	JNE   slow \
	MOVQ  array_slots(R9), R10 \
	MOVQ  (R14)(CX*1), DX \
	SHRQ  $32, BX \
	IMULQ array_size(R9), BX \
	SHRQ  $32, BX \
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
	CMPQ  BX, array_size(R9) \
	JNE   inside \
	XORL  BX, BX \
inside: \
	MOVQ  (R10)(BX*8), R11 \
	TESTQ R11, R11 \
	JZ    found \
	CMPQ  (R11), DX \
	JNE   probe \
found:

// TO_TWIN goes on in the func value in a variable, with AX as it was on entry: the
// context register is DX, the code's address the first word.
#define TO_TWIN(twin) \
	MOVQ twin(SB), DX \
	MOVQ (DX), CX \
	JMP  CX

// FIND_STORE returns the address of the store of the token in SI from the record in
// R11; at none it returns nil. The masked token is the offset of the cell. A store
// lies in its cell (hit), or the cell points to it, or, unless its length says that the
// store lies in it after all, to a grant of it (indirect), whose value is nil if it was
// revoked. Then, if a scope is open, the twin looks whether that was ended elsewhere.
// Where the cell is another key's, or ours without a store (other), ours can be one of
// the next three, unless this one is empty; see Record.find. Three comparisons in a row
// are faster than a loop over the three, and with mask and cells in registers a read took
// 3.4 to 3.9 ns instead of 3.6 to 4.2; at home it takes 3.0 (docs/designs.md).
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

// NO_RECORD goes to slow if the array in R9, where there was no record, is not the
// newest any more.
#define NO_RECORD \
	CMPQ  R9, ·records(SB) \
	JNE   slow

// COMPARE goes to slow unless the labels of the goroutine are those that its record in
// R11 has published, or there are neither labels nor a record (norecord).
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

// The same with inheritance, which makes a goroutine's labels carry its stores: only
// where they do so is there nothing to do first.
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

// A Snapshot takes 7.0 ns with this leaf and 11.3 without it, a bound call 12.8 and 15.7, a
// scope 28 and 31; with inheritance a Snapshot 7.2 and 14.8, a bound call 24 and 30.
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

// The same with inheritance.
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

// FIND_CELL returns the record in R11 and the cell of the key with the token in AX,
// which can be one of the four from its home on. It goes to slow where the cells are
// shared, a scope is open, or there is no such cell yet.
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

// A Run takes 9.0 ns with this leaf and 13.5 without it; with inheritance 43 and 53.
//
// func(t Token) (*Record, *Cell)
TEXT fastCell<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·goidOffset)
	TESTQ R11, R11
	JZ    slow
	FIND_CELL

slow:
	JMP   fastCellComparing<>(SB)

// The same with inheritance. Keys with a purpose need more than the publication of a
// cell.
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

// The entries: ordinary relocations to the code above.
DATA ·lookupEntry(SB)/8, $lookup<>(SB)
GLOBL ·lookupEntry(SB), NOPTR, $8
DATA ·currentEntry(SB)/8, $current<>(SB)
GLOBL ·currentEntry(SB), NOPTR, $8
DATA ·fastCellEntry(SB)/8, $fastCell<>(SB)
GLOBL ·fastCellEntry(SB), NOPTR, $8
DATA ·probeEntry(SB)/8, $probe<>(SB)
GLOBL ·probeEntry(SB), NOPTR, $8
