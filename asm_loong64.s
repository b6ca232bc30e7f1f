//go:build gc

#include "textflag.h"

// func getg() unsafe.Pointer
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVV g, ret+0(FP)
	RET

// func Pointer() uintptr
TEXT ·Pointer(SB), NOSPLIT, $0-8
	MOVV g, ret+0(FP)
	RET

// func ID() uint64
TEXT ·ID(SB), NOSPLIT, $0-8
	MOVV ·goidOffset(SB), R4
	BEQ  R4, slow
	ADDV g, R4, R4
	MOVV (R4), R5
	MOVV R5, ret+0(FP)
	RET

slow:
	// The same frame, so idSlow returns to our caller.
	JMP ·idSlow(SB)

// func Self() (gp unsafe.Pointer, id uint64)
TEXT ·Self(SB), NOSPLIT, $0-16
	MOVV ·goidOffset(SB), R4
	BEQ  R4, slow
	ADDV g, R4, R4
	MOVV (R4), R5
	MOVV g, gp+0(FP)
	MOVV R5, id+8(FP)
	RET

slow:
	JMP ·selfSlow(SB)
