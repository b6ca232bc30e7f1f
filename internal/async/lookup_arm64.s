#include "textflag.h"

// See lookup_amd64.s, which this follows line by line.
//
// On entry the argument is in R0, g has its own register, and the return address
// is in R30. Results go to R0, R1 and R2. All of R0 to R15 are free to use.

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

#define PROBES 32

// FIND_RECORD leaves the caller's record in R11, 0 if there is none in the newest
// array, and that array in R9. offset is the variable with the offset of the goid. The
// macro goes to slow if that is 0 or the record is not where it usually is. It leaves R0
// and R6 alone.
//
// The loads of the array and of older acquire, so the slots are read after them. A load
// through a loaded pointer depends on it, which orders the two.
#define FIND_RECORD(offset) \
	MOVD offset(SB), R1 \
	CBZ  R1, slow \
	MOVD $·records(SB), R9 \
	LDAR (R9), R9 \
	MOVD (g)(R1), R2 \
	MOVD $0x9e3779b97f4a7c15, R8 \
	MUL  g, R8, R3 \
	ADD  $array_older, R9, R10 \
	LDAR (R10), R10 \
	CBNZ R10, slow \
	MOVD array_slots(R9), R10 \
	MOVD array_mask(R9), R7 \
	AND  R3>>32, R7, R3 \
	MOVD (R10)(R3<<3), R11 \
	CBZ  R11, found \
	MOVD (R11), R8 \
	CMP  R2, R8 \
	BEQ  found \
	MOVD $PROBES, R1 \
probe: \
	SUB  $1, R1 \
	CBZ  R1, slow \
	ADD  $1, R3 \
	AND  R7, R3 \
	MOVD (R10)(R3<<3), R11 \
	CBZ  R11, found \
	MOVD (R11), R8 \
	CMP  R2, R8 \
	BNE  probe \
found:

// TO_TWIN jumps to the func value in a variable, with R0 as it was on entry. R26 is the
// context register; the first word of a func value is the address of its code.
#define TO_TWIN(twin) \
	MOVD twin(SB), R26 \
	MOVD (R26), R1 \
	B    (R1)

#define FIND_STORE \
	MOVWU record_mask(R11), R8 \
	MOVD record_cells(R11), R10 \
	AND  R6, R8, R1 \
	MOVD (R10)(R1), R2 \
	CMP  R6, R2 \
	BNE  other \
hit: \
	ADD  R10, R1 \
	TST  $3, R6 \
	BNE  indirect \
inplace: \
	AND  $28, R6, R6 \
	ADD  R6, R1, R0 \
	RET \
indirect: \
	MOVD cell_ptr(R1), R3 \
	TBZ  $0, R6, held \
	TBZ  $1, R6, done \
	MOVD cell_length(R1), R2 \
	CBNZ R2, inplace \
held: \
	MOVD grant_root(R3), R2 \
	LDAR (R2), R2 \
	CBZ  R2, revoked \
	LDAR (R3), R3 \
	CBZ  R3, revoked \
done: \
	MOVD R3, R0 \
	RET \
revoked: \
	MOVBU record_scoped(R11), R1 \
	CBNZ R1, slow \
	B    none \
other: \
	CBZ  R2, none \
	ADD  $32, R6, R1 \
	AND  R8, R1 \
	MOVD (R10)(R1), R2 \
	CMP  R6, R2 \
	BEQ  hit \
	CBZ  R8, none \
	ADD  $64, R6, R1 \
	AND  R8, R1 \
	MOVD (R10)(R1), R2 \
	CMP  R6, R2 \
	BEQ  hit \
	ADD  $96, R6, R1 \
	AND  R8, R1 \
	MOVD (R10)(R1), R2 \
	CMP  R6, R2 \
	BEQ  hit \
none: \
	MOVD ZR, R0 \
	RET

// The barrier (ISHLD) orders the load of the newest array after those of the slots.
#define NO_RECORD \
	DMB  $9 \
	MOVD $·records(SB), R10 \
	LDAR (R10), R10 \
	CMP  R9, R10 \
	BNE  slow

// COMPARE leaves the labels of the goroutine in R12. It goes to norecord if there is no
// record in R11, and to slow if the record has not published these labels.
#define COMPARE \
	MOVD ·labelsOffset(SB), R12 \
	MOVD (g)(R12), R12 \
	CBZ  R11, norecord \
	MOVD record_published(R11), R2 \
	CMP  R2, R12 \
	BNE  slow

// func(k *Key) unsafe.Pointer
TEXT lookup<>(SB), NOSPLIT|NOFRAME, $0-0
	CBZ  R0, nokey
	LDAR (R0), R6
	CBZ  R6, unused
	FIND_RECORD(·goidOffset)
	CBZ  R11, norecord
	FIND_STORE

norecord:
	NO_RECORD
	B    none

unused:
	MOVD ·goidOffset(SB), R1
	CBNZ R1, none
slow:
	JMP  lookupComparing<>(SB)

nokey:
	TO_TWIN(·lookupTwin)

TEXT lookupComparing<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·comparingOffset)
	COMPARE
	CBZ  R6, none
	FIND_STORE

norecord:
	CBNZ R12, slow
	NO_RECORD
	B    none

slow:
	TO_TWIN(·lookupTwin)

// func() *Record
TEXT current<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·goidOffset)
	CBZ  R11, norecord
	MOVD R11, R0
	RET

norecord:
	NO_RECORD
	MOVD ZR, R0
	RET

slow:
	JMP  currentComparing<>(SB)

TEXT currentComparing<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·comparingOffset)
	COMPARE
	MOVD R11, R0
	RET

norecord:
	CBNZ R12, slow
	NO_RECORD
	MOVD ZR, R0
	RET

slow:
	TO_TWIN(·currentTwin)

// CAPTURED's load of privateInUse need not acquire: a goroutine that holds a private store has
// loaded the token of its key with a load that does, and the token was stored later.
#define CAPTURED \
	MOVHU record_shared(R11), R1 \
	CMP  $1, R1 \
	BNE  slow \
	MOVD record_cells(R11), R3 \
	MOVD $·noCells(SB), R2 \
	CMP  R2, R3 \
	BEQ  slow \
	MOVWU ·privateInUse(SB), R1 \
	CBNZ R1, slow \
	MOVD R3, R0 \
	MOVWU record_mask(R11), R1 \
	MOVWU record_flags(R11), R2 \
	AND  $ROOM, R2 \
	RET

// func() Context
TEXT capture<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·goidOffset)
	CBZ  R11, norecord
	CAPTURED

norecord:
	NO_RECORD
	MOVD ZR, R0
	MOVD ZR, R1
	MOVD ZR, R2
	RET

slow:
	JMP  captureComparing<>(SB)

TEXT captureComparing<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·comparingOffset)
	COMPARE
	CAPTURED

norecord:
	CBNZ R12, slow
	NO_RECORD
	MOVD ZR, R0
	MOVD ZR, R1
	MOVD ZR, R2
	RET

slow:
	TO_TWIN(·captureTwin)

#define FIND_CELL \
	MOVHU record_shared(R11), R1 \
	CBNZ R1, slow \
	MOVWU record_mask(R11), R7 \
	MOVD record_cells(R11), R3 \
	AND  R0, R7, R1 \
	MOVD (R3)(R1), R2 \
	EOR  R0, R2, R6 \
	TST  $INDEX_BITS, R6 \
	BNE  other \
mine: \
	ADD  R3, R1 \
	MOVD R11, R0 \
	RET \
other: \
	MOVD $3, R10 \
place: \
	CBZ  R2, slow \
	ADD  $32, R1 \
	AND  R7, R1 \
	MOVD (R3)(R1), R2 \
	EOR  R0, R2, R6 \
	TST  $INDEX_BITS, R6 \
	BEQ  mine \
	SUB  $1, R10 \
	CBNZ R10, place \
	B    slow

// func(t Token) (*Record, *Cell)
TEXT fastCell<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·goidOffset)
	CBZ  R11, slow
	FIND_CELL

slow:
	JMP  fastCellComparing<>(SB)

TEXT fastCellComparing<>(SB), NOSPLIT|NOFRAME, $0-0
	FIND_RECORD(·comparingOffset)
	COMPARE
	TST  $PURPOSE_BITS, R0
	BNE  slow
	FIND_CELL

norecord:
slow:
	TO_TWIN(·fastCellTwin)

// func(x uint64) (plus, inverse uint64)
TEXT probe<>(SB), NOSPLIT|NOFRAME, $0-0
	MVN  R0, R1
	ADD  $1, R0
	RET

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
