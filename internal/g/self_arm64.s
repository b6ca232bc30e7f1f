//go:build gc

#include "textflag.h"

// func Self() (addr uintptr, id uint64)
TEXT ·Self(SB), NOSPLIT, $0-16
	MOVD ·goidOffset(SB), R0
	CBZ  R0, slow
	MOVD (g)(R0), R1
	MOVD g, addr+0(FP)
	MOVD R1, id+8(FP)
	RET

slow:
	// The same frame, so selfSlow returns to our caller.
	B ·selfSlow(SB)
