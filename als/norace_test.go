//go:build !race

package als_test

const raceEnabled = false
