//go:build race

package inherit_test

const raceEnabled = true
