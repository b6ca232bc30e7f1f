//go:build race

package designs

// raceEnabled: allocations are not those of a program, and 8,000 goroutines are too
// many.
const raceEnabled = true
