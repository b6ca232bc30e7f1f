#include "textflag.h"

// See lookup_amd64.s, which this follows line by line.
#define array_mask    0
#define array_slots   8
#define array_older   16
#define record_cells  16
#define record_mask   24
#define record_shared 28
#define cell_ptr      16
#define holder_root   8

#define INDEX_BITS 0x1fffffe0

#define PROBES 8

// FIND_RECORD leaves the caller's record in R11, 0 if there is none in the newest
// array, and that array in R9. It goes to slow where it cannot tell. It leaves R6
// alone.
//
// The loads of the array and of older acquire, so the slots are read after them;
// loads through a loaded pointer are ordered by the dependency.
#define FIND_RECORD \
	MOVD ·goidOffset(SB), R1 \
	CBZ  R1, slow \
	MOVD $·records(SB), R9 \
	LDAR (R9), R9 \
	MOVD (g)(R1), R2 \
	MOVD $0x9e3779b97f4a7c15, R8 \
	MUL  g, R8, R0 \
	ADD  $array_older, R9, R10 \
	LDAR (R10), R10 \
	CBNZ R10, slow \
	MOVD array_slots(R9), R10 \
	MOVD array_mask(R9), R7 \
	AND  R0>>32, R7, R0 \
	MOVD (R10)(R0<<3), R11 \
	CBZ  R11, found \
	MOVD (R11), R8 \
	CMP  R2, R8 \
	BEQ  found \
	MOVD $PROBES, R1 \
probe: \
	SUB  $1, R1 \
	CBZ  R1, slow \
	ADD  $1, R0 \
	AND  R7, R0 \
	MOVD (R10)(R0<<3), R11 \
	CBZ  R11, found \
	MOVD (R11), R8 \
	CMP  R2, R8 \
	BNE  probe \
found:

// func Lookup(k *Key) unsafe.Pointer
TEXT ·Lookup(SB), NOSPLIT, $0-16
	MOVD k+0(FP), R5
	LDAR (R5), R6
	CBZ  R6, none
	FIND_RECORD
	CBZ  R11, norecord
	MOVWU record_mask(R11), R1
	AND  R6, R1
	MOVD record_cells(R11), R2
	ADD  R2, R1
	MOVD (R1), R2
	CMP  R6, R2
	BNE  other
hit:
	TST  $3, R6
	BNE  indirect
	AND  $28, R6, R6
	ADD  R6, R1
	MOVD R1, ret+8(FP)
	RET

indirect:
	MOVD cell_ptr(R1), R0
	TBNZ $0, R6, done
	MOVD holder_root(R0), R2
	LDAR (R2), R2
	CBZ  R2, none
	LDAR (R0), R0
	CBZ  R0, none
done:
	MOVD R0, ret+8(FP)
	RET

other:
	MOVD R6, R8
	MOVD $3, R10
place:
	MOVD (R1), R2
	CBZ  R2, none
	EOR  R6, R2
	TST  $INDEX_BITS, R2
	BEQ  none
	MOVWU record_mask(R11), R2
	CBZ  R2, none
	ADD  $32, R8
	AND  R8, R2
	MOVD record_cells(R11), R1
	ADD  R2, R1
	MOVD (R1), R2
	CMP  R6, R2
	BEQ  hit
	SUB  $1, R10
	CBNZ R10, place
	B    none

norecord:
	DMB  $9                    // ISHLD: newest is read after the slots
	MOVD $·records(SB), R10
	LDAR (R10), R10
	CMP  R9, R10
	BNE  slow

none:
	MOVD ZR, ret+8(FP)
	RET

slow:
	B ·lookupSlow(SB)

// func current() *Record
TEXT ·current(SB), NOSPLIT, $0-8
	FIND_RECORD
	CBZ  R11, slow
	MOVD R11, ret+0(FP)
	RET

slow:
	B ·currentSlow(SB)

// func Claim(t Token) (*Record, *Cell)
TEXT ·Claim(SB), NOSPLIT, $0-24
	FIND_RECORD
	CBZ  R11, slow
	MOVBU record_shared(R11), R1
	CBNZ R1, slow
	MOVD t+0(FP), R6
	MOVWU record_mask(R11), R1
	AND  R6, R1
	MOVD record_cells(R11), R2
	ADD  R2, R1
	MOVD (R1), R2
	EOR  R6, R2
	TST  $INDEX_BITS, R2
	BNE  slow
	MOVD R11, ret+8(FP)
	MOVD R1, ret1+16(FP)
	RET

slow:
	B ·claimSlow(SB)

// func keepsG() bool
TEXT ·keepsG(SB), NOSPLIT, $0-1
	MOVD $1, R0                // g has a register of its own here
	MOVB R0, ret+0(FP)
	RET
