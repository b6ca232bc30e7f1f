//go:build !race

package alshttp_test

const raceEnabled = false
