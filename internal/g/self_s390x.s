//go:build gc

#include "textflag.h"

// func Self() (addr uintptr, id uint64)
TEXT ·Self(SB), NOSPLIT|NOFRAME, $0-16
	MOVD   ·goidOffset(SB), R1
	CMPBEQ R1, $0, slow
	MOVD   (g)(R1*1), R2
	MOVD   g, addr+0(FP)
	MOVD   R2, id+8(FP)
	RET

slow:
	// The same frame, so selfSlow returns to our caller.
	BR ·selfSlow(SB)
