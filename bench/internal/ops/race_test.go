//go:build race

package ops

// With checkptr, which the race detector implies, modern-go/gls crashes with
// "checkptr: pointer arithmetic result points to invalid allocation".
func init() { checked = true }
