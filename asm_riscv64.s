//go:build gc

#include "textflag.h"

// func Pointer() uintptr
TEXT ·Pointer(SB), NOSPLIT, $0-8
	MOV g, ret+0(FP)
	RET

// func ID() uint64
TEXT ·ID(SB), NOSPLIT, $0-8
	MOV  ·goidOffset(SB), X5
	BEQZ X5, slow
	ADD  g, X5, X5
	MOV  (X5), X6
	MOV  X6, ret+0(FP)
	RET

slow:
	// The same frame, so idSlow returns to our caller.
	JMP ·idSlow(SB)
