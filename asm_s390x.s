//go:build gc

#include "textflag.h"

// func Pointer() uintptr
TEXT ·Pointer(SB), NOSPLIT|NOFRAME, $0-8
	MOVD g, ret+0(FP)
	RET

// func ID() uint64
TEXT ·ID(SB), NOSPLIT|NOFRAME, $0-8
	MOVD   ·goidOffset(SB), R1
	CMPBEQ R1, $0, slow
	MOVD   (g)(R1*1), R2
	MOVD   R2, ret+0(FP)
	RET

slow:
	// The same frame, so idSlow returns to our caller.
	BR ·idSlow(SB)
