//go:build race

package alstest

const raceEnabled = true
