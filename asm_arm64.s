//go:build gc

#include "textflag.h"

// func Pointer() uintptr
TEXT ·Pointer(SB), NOSPLIT, $0-8
	MOVD g, ret+0(FP)
	RET

// func ID() uint64
TEXT ·ID(SB), NOSPLIT, $0-8
	MOVD ·goidOffset(SB), R0
	CBZ  R0, slow
	MOVD (g)(R0), R1
	MOVD R1, ret+0(FP)
	RET

slow:
	// The same frame, so idSlow returns to our caller.
	B ·idSlow(SB)
