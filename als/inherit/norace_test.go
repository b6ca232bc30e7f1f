//go:build !race

package inherit_test

const raceEnabled = false
