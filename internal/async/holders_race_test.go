//go:build race

package async

// A record that holds only what was disabled is in the table.
const currentlyHeldByRecord = true
