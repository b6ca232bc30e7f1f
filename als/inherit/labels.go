package inherit

import "unsafe"

// getLabels and setLabels read and write the calling goroutine's pointer to its
// profiler labels. Sound because the runtime keeps both names and their types for
// packages that link to them (go.dev/issue/67401). Package inheritance passes nothing
// but label sets to setLabels.

//go:linkname getLabels runtime/pprof.runtime_getProfLabel
func getLabels() unsafe.Pointer

//go:linkname setLabels runtime/pprof.runtime_setProfLabel
func setLabels(unsafe.Pointer)
