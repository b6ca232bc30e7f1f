#include "textflag.h"

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

// How many slots are looked at before the portable twin takes over. A probe of
// the newest array ends at an empty slot, but an array that has just been
// replaced may have none left.
#define PROBES 8

// FIND_RECORD leaves the caller's record in R11, 0 if there is none in the newest
// array, and that array in R9. It goes to slow where it cannot tell. It leaves SI
// alone.
//
// The array's older is loaded before its slots: if it is nil, every entry has
// been moved here by then (loads happen in order here; findAll in package table
// has the argument). Looking at it only after a miss, and once more at the slots,
// made a hit one percent faster and a miss a third slower.
//
// R14 is the g: compiled code keeps it there at every call, only compiled code
// calls these functions, and init has compared it with the thread-local slot.
#define FIND_RECORD \
	MOVQ  ·goidOffset(SB), CX \
	TESTQ CX, CX \
	JZ    slow \
	MOVQ  ·records(SB), R9 \
	MOVQ  $0x9e3779b97f4a7c15, AX \
	IMULQ R14, AX \
	CMPQ  array_older(R9), $0 \
	JNE   slow \
	MOVQ  array_slots(R9), R10 \
	MOVQ  (R14)(CX*1), DX \
	SHRQ  $32, AX \
	ANDQ  array_mask(R9), AX \
	MOVQ  (R10)(AX*8), R11 \
	TESTQ R11, R11 \
	JZ    found \
	CMPQ  (R11), DX \
	JEQ   found \
	MOVL  $PROBES, CX \
probe: \
	DECL  CX \
	JZ    slow \
	INCQ  AX \
	ANDQ  array_mask(R9), AX \
	MOVQ  (R10)(AX*8), R11 \
	TESTQ R11, R11 \
	JZ    found \
	CMPQ  (R11), DX \
	JNE   probe \
found:

// func Lookup(k *Key) unsafe.Pointer
TEXT ·Lookup(SB), NOSPLIT, $0-16
	MOVQ  k+0(FP), SI
	MOVQ  (SI), SI             // the token; 0 if the key was never used
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
	ADDQ  SI, CX               // the store lies in the cell
	MOVQ  CX, ret+8(FP)
	RET

indirect:
	MOVQ  cell_ptr(CX), AX
	TESTL $1, SI
	JNZ   done                 // the cell points to the store
	MOVQ  holder_root(AX), DX  // it points to a holder
	CMPQ  (DX), $0
	JEQ   none
	MOVQ  (AX), AX
	TESTQ AX, AX
	JZ    none                 // revoked
done:
	MOVQ  AX, ret+8(FP)
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
	MOVQ  $0, ret+8(FP)
	RET

slow:
	// The same frame, so the twin returns to our caller.
	JMP ·lookupSlow(SB)

// func current() *Record
TEXT ·current(SB), NOSPLIT, $0-8
	FIND_RECORD
	TESTQ R11, R11
	JZ    slow                 // having none is followed by making one
	MOVQ  R11, ret+0(FP)
	RET

slow:
	JMP ·currentSlow(SB)

// func Claim(t Token) (*Record, *Cell)
TEXT ·Claim(SB), NOSPLIT, $0-24
	FIND_RECORD
	TESTQ R11, R11
	JZ    slow
	CMPB  record_shared(R11), $0
	JNE   slow
	MOVQ  t+0(FP), SI
	MOVL  record_mask(R11), CX
	ANDQ  SI, CX
	ADDQ  record_cells(R11), CX
	XORQ  (CX), SI
	TESTL $INDEX_BITS, SI
	JNZ   slow                 // not a cell of this key
	MOVQ  R11, ret+8(FP)
	MOVQ  CX, ret1+16(FP)
	RET

slow:
	JMP ·claimSlow(SB)

// func keepsG() bool
TEXT ·keepsG(SB), NOSPLIT, $0-1
	MOVQ (TLS), AX
	CMPQ AX, R14
	SETEQ ret+0(FP)
	RET
