//go:build !race

package async

// A record that holds only what was disabled is seen to hold nothing.
const currentlyHeldByRecord = false
