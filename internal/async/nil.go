package async

import (
	"runtime"
	"strings"
)

// panicOfNil panics for a lookup in a nil Storage. It finds the name of the method on
// the stack: a method that passed its name would cost too much to be inlined.
func panicOfNil() {
	var pcs [8]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		frame, more := frames.Next()
		if _, method, ok := strings.Cut(frame.Function, "/als.(*Storage[...])."); ok {
			panic("als: Storage." + method + ": the Storage is nil")
		}
		if !more {
			panic("als: the Storage is nil")
		}
	}
}
