//go:build gc

#include "textflag.h"

// func Self() (addr uintptr, id uint64)
TEXT ·Self(SB), NOSPLIT, $0-16
	MOV  ·goidOffset(SB), X5
	BEQZ X5, slow
	ADD  g, X5, X5
	MOV  (X5), X6
	MOV  g, addr+0(FP)
	MOV  X6, id+8(FP)
	RET

slow:
	// The same frame, so selfSlow returns to our caller.
	JMP ·selfSlow(SB)
