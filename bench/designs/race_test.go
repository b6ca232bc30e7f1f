//go:build race

package designs

// raceEnabled says that the race detector adds allocations and allows no more than
// 8,000 goroutines.
const raceEnabled = true
