//go:build gc

#include "textflag.h"

// func Self() (addr uintptr, id uint64)
TEXT ·Self(SB), NOSPLIT, $0-16
	MOVV ·goidOffset(SB), R4
	BEQ  R4, slow
	ADDV g, R4, R4
	MOVV (R4), R5
	MOVV g, addr+0(FP)
	MOVV R5, id+8(FP)
	RET

slow:
	// The same frame, so selfSlow returns to our caller.
	JMP ·selfSlow(SB)
