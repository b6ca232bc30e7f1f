//go:build gc

#include "textflag.h"

// func Self() (addr uintptr, id uint64)
TEXT ·Self(SB), NOSPLIT|NOFRAME, $0-16
	MOVD ·goidOffset(SB), R3
	CMP  R3, $0
	BEQ  slow
	MOVD (g)(R3), R4
	MOVD g, addr+0(FP)
	MOVD R4, id+8(FP)
	RET

slow:
	// The same frame, so selfSlow returns to our caller.
	BR ·selfSlow(SB)
