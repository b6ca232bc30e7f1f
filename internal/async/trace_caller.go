package async

import (
	"runtime"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// callers returns the addresses on the stack above the engine, as
// runtime.CallersFrames takes them.
func callers() []uintptr {
	pcs := make([]uintptr, 32)
	return pcs[:runtime.Callers(5, pcs)]
}

// startedByTimer reports whether a timer started the caller's goroutine.
func startedByTimer() bool {
	pc, _ := g.GoStatement()
	f := runtime.FuncForPC(pc)
	return f != nil && f.Name() == "time.goFunc"
}
