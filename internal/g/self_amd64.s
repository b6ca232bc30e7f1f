//go:build gc

#include "textflag.h"

// func Self() (addr uintptr, id uint64)
TEXT ·Self(SB), NOSPLIT, $0-16
	MOVQ ·goidOffset(SB), CX
	TESTQ CX, CX
	JZ   slow
	MOVQ (TLS), AX
	MOVQ (AX)(CX*1), DX
	MOVQ AX, addr+0(FP)
	MOVQ DX, id+8(FP)
	RET

slow:
	// The same frame, so selfSlow returns to our caller.
	JMP ·selfSlow(SB)
