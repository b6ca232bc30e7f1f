//go:build gc

#include "textflag.h"

// func getg() unsafe.Pointer
TEXT ·getg(SB), NOSPLIT, $0-8
	MOV g, ret+0(FP)
	RET

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

// func Self() (gp unsafe.Pointer, id uint64)
TEXT ·Self(SB), NOSPLIT, $0-16
	MOV  ·goidOffset(SB), X5
	BEQZ X5, slow
	ADD  g, X5, X5
	MOV  (X5), X6
	MOV  g, gp+0(FP)
	MOV  X6, id+8(FP)
	RET

slow:
	JMP ·selfSlow(SB)
