//go:build !race

package alslog_test

const raceEnabled = false
