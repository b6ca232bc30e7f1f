#include "textflag.h"

// The leaves behind Lookup, current and Claim; leaf.go says how they are entered.
//
// On entry the argument is in AX, R14 is the g, and the return address lies at SP.
// Results go to AX and BX. All other general registers but BP are free to use. A
// leaf has no frame, writes no memory and calls nothing, so there is nothing in it
// for a stack walk or the collector to see, and no point where it is preempted.

// Offsets that TestRecordLayout and package table's TestArrayLayout pin.
#define array_mask    0
#define array_slots   8
#define array_older   16
#define record_cells  16
#define record_mask   24
#define record_shared 28
#define cell_ptr      16
#define holder_root   8

#define INDEX_BITS 0x1fffffe0

// How many slots are looked at before the twin takes over. A probe of the newest
// array ends at an empty slot, most often the first.
#define PROBES 8

// FIND_RECORD leaves the caller's record in R11, 0 if there is none in the newest
// array, and that array in R9. It goes to slow where it cannot tell. It leaves AX
// and SI alone.
//
// The array's older is loaded before its slots: if it is nil, every entry has
// been moved here by then (loads happen in order here; findAll in package table
// has the argument). Looking at it only after a miss, and once more at the slots,
// made a hit one percent faster and a miss a third slower.
#define FIND_RECORD \
	MOVQ  ·goidOffset(SB), CX \
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

// TO_TWIN goes on in the func value in a variable, with AX as it was on entry: the
// context register is DX, the code's address the first word.
#define TO_TWIN(twin) \
	MOVQ twin(SB), DX \
	MOVQ (DX), CX \
	JMP  CX

// func(k *Key) unsafe.Pointer
TEXT lookup<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ  (AX), SI             // the token; 0 if the key was never used
	TESTQ SI, SI
	JZ    none
	FIND_RECORD
	TESTQ R11, R11
	JZ    norecord
	MOVL  record_mask(R11), CX
	ANDQ  SI, CX               // the masked token is the offset of the cell
	ADDQ  record_cells(R11), CX
	CMPQ  (CX), SI
	JNE   other
hit:
	TESTL $3, SI
	JNZ   indirect
	ANDL  $28, SI
	LEAQ  (CX)(SI*1), AX       // the store lies in the cell
	RET

indirect:
	MOVQ  cell_ptr(CX), AX
	TESTL $1, SI
	JNZ   done                 // the cell points to the store
	MOVQ  holder_root(AX), DX  // it points to a holder
	CMPQ  (DX), $0
	JEQ   none
	MOVQ  (AX), AX             // nil if it was revoked
done:
	RET

other:
	// Another key's cell, or ours without a store. Ours can be one of the next
	// three, up to one that is empty; see Record.find.
	MOVL  SI, R8
	MOVL  $3, R10
place:
	MOVQ  (CX), DX
	TESTQ DX, DX
	JZ    none
	XORQ  SI, DX
	TESTL $INDEX_BITS, DX
	JZ    none                 // ours, but it holds nothing, or what is no store any more
	MOVL  record_mask(R11), DX
	TESTL DX, DX
	JZ    none                 // there is but one
	ADDL  $32, R8
	ANDL  R8, DX
	MOVQ  record_cells(R11), CX
	ADDQ  DX, CX
	CMPQ  (CX), SI
	JEQ   hit
	DECL  R10
	JNZ   place
	JMP   none

norecord:
	// Nothing here, and this is the newest array unless it was replaced meanwhile.
	CMPQ  R9, ·records(SB)
	JNE   slow
none:
	XORL  AX, AX
	RET

slow:
	TO_TWIN(·lookupTwin)

// func() *Record
TEXT current<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD
	TESTQ R11, R11
	JZ    norecord
	MOVQ  R11, AX
	RET

norecord:
	CMPQ  R9, ·records(SB)
	JNE   slow
	XORL  AX, AX
	RET

slow:
	TO_TWIN(·currentTwin)

// func(t Token) (*Record, *Cell)
TEXT claim<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD
	TESTQ R11, R11
	JZ    slow
	CMPB  record_shared(R11), $0
	JNE   slow
	MOVL  record_mask(R11), BX
	ANDQ  AX, BX
	ADDQ  record_cells(R11), BX
	MOVQ  (BX), SI
	XORQ  AX, SI
	TESTL $INDEX_BITS, SI
	JNZ   slow                 // not a cell of this key
	MOVQ  R11, AX
	RET

slow:
	TO_TWIN(·claimTwin)

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
DATA ·claimEntry(SB)/8, $claim<>(SB)
GLOBL ·claimEntry(SB), NOPTR, $8
DATA ·probeEntry(SB)/8, $probe<>(SB)
GLOBL ·probeEntry(SB), NOPTR, $8
