//go:build race

package designs

// raceEnabled reports whether the race detector is on. It adds allocations, and allows no
// more than 8,000 goroutines.
const raceEnabled = true
