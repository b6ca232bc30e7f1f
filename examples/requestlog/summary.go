package main

import "fmt"

// summary counts what was checked.
func (o *observed) summary() string {
	return fmt.Sprintf("Checked with %d requests over %d connections, %d lines from %d goroutines, %d interleavings",
		len(o.replies), o.connections, len(o.lines), goroutines(o.lines), interleavings(o.lines))
}

// goroutines returns how many goroutines the lines come from.
func goroutines(lines []line) int {
	seen := make(map[uint64]bool)
	for _, l := range lines {
		seen[l.goroutine] = true
	}
	return len(seen)
}

// interleavings returns how often a line follows one of another request that has
// not logged its last line yet.
func interleavings(lines []line) (n int) {
	last := make(map[string]int)
	for i, l := range lines {
		last[l.token] = i
	}
	for i := 1; i < len(lines); i++ {
		if before := lines[i-1].token; before != lines[i].token && last[before] >= i {
			n++
		}
	}
	return n
}
