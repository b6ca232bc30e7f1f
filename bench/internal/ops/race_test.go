//go:build race

package ops

// modern-go/gls dies of "checkptr: pointer arithmetic result points to invalid
// allocation" where pointers are checked, as they are with the race detector.
func init() { checked = true }
