//go:build !race

package table

// reuse lets a goroutine take over the entry of an earlier life of its g: its
// first store then allocates nothing. See race.go for the order of accesses.
const reuse = true
