#include "go_asm.h"
#include "textflag.h"

// All leaves work on the same registers, so that two of them differ only in what
// they are compared for:
//
//	DX the key      R14 the g       SI the record    AX the cell, then the result
//	CX the goid     DI  the hash    BX the table     R8 the token    R9 the mask
//
// What makes them sound is said once, here, and by a word at each line:
// (own) the memory is the caller's own and no other goroutine writes it;
// (live) the collector keeps it, because a table or the caller's frame refers to it,
// and a leaf cannot be preempted: assembly is never an asynchronous safe point;
// (bound) the mask, or the number of bits, keeps the index inside the array;
// (x86) loads of one word are atomic, and are not reordered with one another.

// GOID: CX = the caller's ID.
#define GOID \
	MOVQ ·goidOffset(SB), CX;                /* constant after init */ \
	MOVQ (R14)(CX*1), CX                     /* own: the offset was checked by package goroutine */

// HASH: DI = hash(g).
#define HASH \
	MOVQ  $0x9E3779B97F4A7C15, DI;           /* arithmetic */ \
	IMULQ R14, DI;                           /* arithmetic */ \
	SHRQ  $32, DI                            /* arithmetic */

// PROBE: SI = the record with the goid CX in the table BX, starting at DI. Goes
// to miss at an empty slot; every table has one.
#define PROBE \
	MOVQ  table_mask(BX), R9;                /* live: the table is global; the mask is constant */ \
probe:                                           \
	ANDQ  R9, DI;                            /* bound */ \
	MOVQ  table_slots(BX)(DI*8), SI;         /* live, bound, x86 */ \
	TESTQ SI, SI;                            /* arithmetic */ \
	JZ    miss;                              /* never inserted: only the caller would */ \
	CMPQ  head_goid(SI), CX;                 /* live; a goid is never reused, so equal means own */ \
	JNE   next                               /* another goroutine's */

// NEXT: the rest of PROBE, out of the way of the first probe.
#define NEXT \
next:                                            \
	INCQ DI;                                 /* bound: masked at probe */ \
	JMP  probe                               /* ends at an empty slot */

// BY_TABLE: SI = the caller's record in the growable table.
#define BY_TABLE \
	HASH;                                    /* g is the key */ \
	GOID;                                    /* and the goid its guard */ \
	MOVQ ·current(SB), BX;                   /* live, x86 */ \
	PROBE

// BY_GOID: SI = the caller's record in byGoid; goes to behind if it is not there.
#define BY_GOID \
	GOID;                                    /* the key and the guard */ \
	MOVWLZX CX, DI;                          /* bound: 16 bits */ \
	LEAQ  ·byGoid(SB), BX;                   /* address of a global */ \
	MOVQ  (BX)(DI*8), SI;                    /* live, bound, x86 */ \
	TESTQ SI, SI;                            /* arithmetic */ \
	JZ    behind;                            /* empty */ \
	CMPQ  head_goid(SI), CX;                 /* live; equal means own */ \
	JNE   behind                             /* a newer goroutine's */

// BEHIND: the rest of BY_GOID, ends where it would.
#define BEHIND \
behind:                                          \
	HASH;                                    /* CX is the goid already */ \
	MOVQ ·current(SB), BX;                   /* live, x86 */ \
	PROBE;                                   /* to miss, or with the record */ \
	JMP  found                               /* back to the way of the first attempt */

// FAR: AX = the key's cell among the record's far cells, or to miss.
#define FAR \
	MOVQ key_token(DX), R8;                  /* live: the caller has the storage */ \
	MOVQ head_mask(SI), AX;                  /* own */ \
	ANDQ R8, AX;                             /* bound */ \
	ADDQ head_cells(SI), AX;                 /* own */ \
	CMPQ cell_token(AX), R8;                 /* own, bound */ \
	JNE  miss                                /* no store of this life of the storage */

// NEAR: AX = the key's cell inside the record, or to miss.
#define NEAR \
	MOVQ key_token(DX), R8;                  /* live: the caller has the storage */ \
	MOVQ key_near(DX), AX;                   /* live */ \
	CMPQ AX, head_size(SI);                  /* own */ \
	JAE  miss;                               /* bound: what is left lies in the record */ \
	ADDQ SI, AX;                             /* own */ \
	CMPQ cell_token(AX), R8;                 /* own */ \
	JNE  miss                                /* no store of this life of the storage */

// DEFAULT: AX = the cell with the default.
#define DEFAULT \
	LEAQ key_def(DX), AX                     /* live: inside the key */

// func abi0Record() *head
TEXT ·abi0Record(SB), NOSPLIT, $0-8
	MOVQ (TLS), R14                          // the g of the running goroutine
	BY_TABLE
	MOVQ SI, ret+0(FP)                       // the result's own slot
	RET
	NEXT
miss:
	MOVQ $0, ret+0(FP)                       // the result's own slot
	RET

// func abi0Slot(k *key) *cell
TEXT ·abi0Slot(SB), NOSPLIT, $0-16
	MOVQ (TLS), R14                          // the g of the running goroutine
	BY_TABLE
	MOVQ k+0(FP), DX                         // live: an argument
	MOVQ head_mask(SI), AX                   // own
	ANDQ key_token(DX), AX                   // bound
	ADDQ head_cells(SI), AX                  // own
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET
	NEXT
miss:
	MOVQ $0, ret+8(FP)                       // the result's own slot
	RET

// func abi0Cell(k *key) unsafe.Pointer
TEXT ·abi0Cell(SB), NOSPLIT, $0-16
	MOVQ (TLS), R14                          // the g of the running goroutine
	BY_TABLE
	MOVQ k+0(FP), DX                         // live: an argument
	FAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET
	NEXT
miss:
	MOVQ k+0(FP), DX                         // live: an argument
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET

// func abi0CellOrNil(k *key) unsafe.Pointer
TEXT ·abi0CellOrNil(SB), NOSPLIT, $0-16
	MOVQ (TLS), R14                          // the g of the running goroutine
	BY_TABLE
	MOVQ k+0(FP), DX                         // live: an argument
	FAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET
	NEXT
miss:
	MOVQ $0, ret+8(FP)                       // the result's own slot
	RET

// func abi0CellOK(k *key) (p unsafe.Pointer, ok bool)
TEXT ·abi0CellOK(SB), NOSPLIT, $0-17
	MOVQ (TLS), R14                          // the g of the running goroutine
	BY_TABLE
	MOVQ k+0(FP), DX                         // live: an argument
	FAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, p+8(FP)                         // the result's own slot
	MOVB $1, ok+16(FP)                       // the result's own slot
	RET
	NEXT
miss:
	MOVQ k+0(FP), DX                         // live: an argument
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, p+8(FP)                         // the result's own slot
	MOVB $0, ok+16(FP)                       // the result's own slot
	RET

// func abi0Store(k *key) unsafe.Pointer
TEXT ·abi0Store(SB), NOSPLIT, $0-16
	MOVQ (TLS), R14                          // the g of the running goroutine
	BY_TABLE
	MOVQ k+0(FP), DX                         // live: an argument
	FAR
value:
	CMPQ key_boxed(DX), $0                   // live
	JNE  box                                 // p is the address
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET
box:
	MOVQ cell_p(AX), AX                      // own
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET
	NEXT
miss:
	MOVQ k+0(FP), DX                         // live: an argument
	DEFAULT
	JMP  value                               // a cell like any other

// func abi0Direct(k *key) unsafe.Pointer
TEXT ·abi0Direct(SB), NOSPLIT, $0-16
	MOVQ (TLS), R14                          // the g of the running goroutine
	HASH
	GOID
	MOVWLZX DI, R10                          // bound: 16 bits
	LEAQ ·byHash(SB), BX                     // address of a global
	MOVQ (BX)(R10*8), SI                     // live, bound, x86
	TESTQ SI, SI                             // arithmetic
	JZ   behind                              // empty
	CMPQ head_goid(SI), CX                   // live; equal means own
	JNE  behind                              // a newer goroutine's
found:
	MOVQ k+0(FP), DX                         // live: an argument
	FAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET
behind:
	MOVQ ·current(SB), BX                    // live, x86
	PROBE
	JMP  found                               // with the record
	NEXT
miss:
	MOVQ k+0(FP), DX                         // live: an argument
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET

// func abi0Shard(k *key) unsafe.Pointer
TEXT ·abi0Shard(SB), NOSPLIT, $0-16
	MOVQ (TLS), R14                          // the g of the running goroutine
	HASH
	GOID
	MOVQ DI, R10                             // arithmetic
	SHRQ $26, R10                            // bound: 6 of 32 bits are left
	LEAQ ·shards(SB), BX                     // address of a global
	MOVQ (BX)(R10*8), BX                     // live, bound, x86
	PROBE
	MOVQ k+0(FP), DX                         // live: an argument
	FAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET
	NEXT
miss:
	MOVQ k+0(FP), DX                         // live: an argument
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET

// func abi0Near(k *key) unsafe.Pointer
TEXT ·abi0Near(SB), NOSPLIT, $0-16
	MOVQ (TLS), R14                          // the g of the running goroutine
	BY_TABLE
	MOVQ k+0(FP), DX                         // live: an argument
	NEAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET
	NEXT
miss:
	MOVQ k+0(FP), DX                         // live: an argument
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET

// func abi0Goid(k *key) unsafe.Pointer
TEXT ·abi0Goid(SB), NOSPLIT, $0-16
	MOVQ (TLS), R14                          // the g of the running goroutine
	BY_GOID
found:
	MOVQ k+0(FP), DX                         // live: an argument
	FAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET
	BEHIND
	NEXT
miss:
	MOVQ k+0(FP), DX                         // live: an argument
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET

// func abi0GoidNear(k *key) unsafe.Pointer
TEXT ·abi0GoidNear(SB), NOSPLIT, $0-16
	MOVQ (TLS), R14                          // the g of the running goroutine
	BY_GOID
found:
	MOVQ k+0(FP), DX                         // live: an argument
	NEAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET
	BEHIND
	NEXT
miss:
	MOVQ k+0(FP), DX                         // live: an argument
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	MOVQ AX, ret+8(FP)                       // the result's own slot
	RET

// From here on: entered through a func value, see asm_amd64.go. R14 is the g and,
// but for those with an argument, DX the key. No frame and no stack argument, so
// there is nothing for a stack walk to misread.

// ENTRY makes the Go variable name hold the address of leaf: an ordinary relocation.
#define ENTRY(leaf, name) \
DATA name(SB)/8, $leaf(SB);                      \
GLOBL name(SB), NOPTR, $8

TEXT regG<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ R14, AX                             // the g
	RET
ENTRY(regG<>, ·regG)

TEXT regContext<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ DX, AX                              // the context
	RET
ENTRY(regContext<>, ·regContext)

TEXT regNext<>(SB), NOSPLIT|NOFRAME, $0-0
	LEAQ 1(AX), AX                           // arithmetic
	RET
ENTRY(regNext<>, ·regNext)

TEXT regCellArg<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ AX, DX                              // live: the argument
	BY_TABLE
	FAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
	NEXT
miss:
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
ENTRY(regCellArg<>, ·regCellArg)

TEXT regCell<>(SB), NOSPLIT|NOFRAME, $0-0
	BY_TABLE
	FAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
	NEXT
miss:
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
ENTRY(regCell<>, ·regCell)

TEXT regNearArg<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ AX, DX                              // live: the argument
	BY_TABLE
	NEAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
	NEXT
miss:
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
ENTRY(regNearArg<>, ·regNearArg)

TEXT regNear<>(SB), NOSPLIT|NOFRAME, $0-0
	BY_TABLE
	NEAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
	NEXT
miss:
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
ENTRY(regNear<>, ·regNear)

TEXT regStoreArg<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ AX, DX                              // live: the argument
	BY_TABLE
	NEAR
	MOVL $1, BX                              // true
value:
	CMPQ key_boxed(DX), $0                   // live
	JNE  box                                 // p is the address
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
box:
	MOVQ cell_p(AX), AX                      // own
	RET
	NEXT
miss:
	DEFAULT
	XORL BX, BX                              // false
	JMP  value                               // a cell like any other
ENTRY(regStoreArg<>, ·regStoreArg)

TEXT regCellOrNil<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ AX, DX                              // live: the argument
	BY_TABLE
	FAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
	NEXT
miss:
	XORL AX, AX                              // nil
	RET
ENTRY(regCellOrNil<>, ·regCellOrNil)

TEXT regHandOver<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ ·twin(SB), DX                       // the context, as its caller would set it
	MOVQ (DX), CX                            // the code
	JMP  CX                                  // AX, R14 and the stack are as our caller left them
ENTRY(regHandOver<>, ·regHandOver)

TEXT regGoidNear<>(SB), NOSPLIT|NOFRAME, $0-0
	BY_GOID
found:
	NEAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
	BEHIND
	NEXT
miss:
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
ENTRY(regGoidNear<>, ·regGoidNear)

TEXT regOnly<>(SB), NOSPLIT|NOFRAME, $0-0
	GOID
	MOVQ ·only(SB), SI                       // live
	CMPQ head_goid(SI), CX                   // live; equal means own
	JNE  miss                                // not the caller's
	NEAR
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
miss:
	DEFAULT
	ADDQ key_off(DX), AX                     // inside the cell by construction
	RET
ENTRY(regOnly<>, ·regOnly)

TEXT regInt<>(SB), NOSPLIT|NOFRAME, $0-0
	BY_TABLE
	NEAR
	MOVQ cell_w0(AX), AX                     // own
	RET
	NEXT
miss:
	MOVQ (key_def+cell_w0)(DX), AX           // live: inside the key
	RET
ENTRY(regInt<>, ·regInt)

TEXT regPointer<>(SB), NOSPLIT|NOFRAME, $0-0
	BY_TABLE
	NEAR
	MOVQ cell_p(AX), AX                      // own
	RET
	NEXT
miss:
	MOVQ (key_def+cell_p)(DX), AX            // live: inside the key
	RET
ENTRY(regPointer<>, ·regPointer)

TEXT regString<>(SB), NOSPLIT|NOFRAME, $0-0
	BY_TABLE
	NEAR
	MOVQ cell_w1(AX), BX                     // own
	MOVQ cell_p(AX), AX                      // own
	RET
	NEXT
miss:
	MOVQ (key_def+cell_w1)(DX), BX           // live: inside the key
	MOVQ (key_def+cell_p)(DX), AX            // live: inside the key
	RET
ENTRY(regString<>, ·regString)

TEXT regInterface<>(SB), NOSPLIT|NOFRAME, $0-0
	BY_TABLE
	NEAR
	MOVQ cell_p(AX), BX                      // own
	MOVQ cell_w0(AX), AX                     // own
	RET
	NEXT
miss:
	MOVQ (key_def+cell_p)(DX), BX            // live: inside the key
	MOVQ (key_def+cell_w0)(DX), AX           // live: inside the key
	RET
ENTRY(regInterface<>, ·regInterface)

TEXT regIntConst<>(SB), NOSPLIT|NOFRAME, $0-0
	HASH
	MOVQ const_constGoidOffset(R14), CX      // own: its user compares the constant with goidOffset
	MOVQ ·current(SB), BX                    // live, x86
	PROBE
	NEAR
	MOVQ cell_w0(AX), AX                     // own
	RET
	NEXT
miss:
	MOVQ (key_def+cell_w0)(DX), AX           // live: inside the key
	RET
ENTRY(regIntConst<>, ·regIntConst)

TEXT regSlot<>(SB), NOSPLIT|NOFRAME, $0-0
	BY_TABLE                                 // leaves AX, the argument, alone
	MOVQ key_near(AX), AX                    // live; below the size of a record by construction
	ADDQ SI, AX                              // own
	RET
	NEXT
miss:
	XORL AX, AX                              // nil
	RET
ENTRY(regSlot<>, ·regSlot)
