package async

import (
	"runtime"
	"strings"
)

// panicOfNil is a look-up of a nil Storage. Its message names the method, which it
// finds among its callers: a method that told it would cost too much to be inlined.
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
