//go:build !race

package alstest

const raceEnabled = false
