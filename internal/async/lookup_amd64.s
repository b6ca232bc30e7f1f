#include "textflag.h"

// Offsets that TestRecordLayout and package table's TestArrayLayout pin.
#define array_mask   0
#define array_slots  8
#define array_older  16
#define record_cells 16
#define record_mask  24
#define record_shared 28
#define cell_ptr     16
#define holder_root  8

// How many slots are looked at before the portable twin takes over. A probe of
// the newest array ends at an empty slot, but an array that has just been
// replaced may have none left.
#define PROBES 8

// FIND_RECORD leaves the caller's record in R11, 0 if it has none, and the array
// that it looked in in R9. It goes to slow where it cannot tell. Clobbers AX, CX,
// DX, R8, R10.
//
// The array's older is loaded before its slots: if it is nil, every entry has
// been moved here by now (x86 loads in program order; package table's find has
// the argument).
#define FIND_RECORD \
	MOVQ  ·goidOffset(SB), CX \
	TESTQ CX, CX \
	JZ    slow \
	MOVQ  ·records(SB), R9 \
	MOVQ  (TLS), AX \
	MOVQ  (AX)(CX*1), DX \
	MOVQ  $0x9e3779b97f4a7c15, R8 \
	IMULQ R8, AX \
	CMPQ  array_older(R9), $0 \
	JNE   slow \
	MOVQ  array_slots(R9), R10 \
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
	MOVQ  (CX), DX
	CMPQ  DX, SI
	JNE   other
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
	MOVQ AX, ret+8(FP)
	RET

other:
	// A cell of this key without a store, or one that is empty: there is none.
	// A cell of another key: ours may be further on.
	TESTQ DX, DX
	JZ    none
	XORQ  SI, DX
	TESTL $0x1fffffe0, DX
	JZ    none
	JMP   slow

norecord:
	// Nothing here; it is the newest array unless it was replaced meanwhile.
	CMPQ R9, ·records(SB)
	JNE  slow

none:
	MOVQ $0, ret+8(FP)
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
	TESTL $0x1fffffe0, SI
	JNZ   slow                 // not a cell of this key
	MOVQ  R11, ret+8(FP)
	MOVQ  CX, ret1+16(FP)
	RET

slow:
	JMP ·claimSlow(SB)
