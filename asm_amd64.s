//go:build gc

#include "textflag.h"

// func Pointer() uintptr
TEXT ·Pointer(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET

// func ID() uint64
TEXT ·ID(SB), NOSPLIT, $0-8
	MOVQ ·goidOffset(SB), CX
	TESTQ CX, CX
	JZ   slow
	MOVQ (TLS), AX
	MOVQ (AX)(CX*1), AX
	MOVQ AX, ret+0(FP)
	RET

slow:
	// The same frame, so idSlow returns to our caller.
	JMP ·idSlow(SB)
