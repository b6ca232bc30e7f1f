//go:build gc

#include "textflag.h"

// func Pointer() uintptr
TEXT ·Pointer(SB), NOSPLIT|NOFRAME, $0-8
	MOVD g, ret+0(FP)
	RET

// func ID() uint64
TEXT ·ID(SB), NOSPLIT|NOFRAME, $0-8
	MOVD ·goidOffset(SB), R3
	CMP  R3, $0
	BEQ  slow
	MOVD (g)(R3), R4
	MOVD R4, ret+0(FP)
	RET

slow:
	// The same frame, so idSlow returns to our caller.
	BR ·idSlow(SB)
