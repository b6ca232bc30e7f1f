//go:build !race

package designs

const raceEnabled = false
