package main

import "fmt"

// summary is the last line of the output.
func summary(lines []line, replies []reply, connections int64, problems int) string {
	verdict := "every line has the ID of its own request"
	if problems > 0 {
		verdict = fmt.Sprintf("%d PROBLEMS", problems)
	}
	return fmt.Sprintf("requests %d, connections %d, lines %d, goroutines %d, interleavings %d: %s",
		len(replies), connections, len(lines), goroutines(lines), interleavings(lines), verdict)
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
