//go:build gc

#include "textflag.h"

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
