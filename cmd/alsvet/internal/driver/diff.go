package driver

import (
	"fmt"
	"io"
	"strings"
)

// around is how many unchanged lines a diff shows before and after a change.
const around = 3

// A change replaces the lines from to to of the old text by lines of the new one.
type change struct {
	from, to       int // of the old text
	newFrom, newTo int
}

// printDiff prints a unified diff that git apply and patch -p1 take.
func printDiff(w io.Writer, path, before, after string) error {
	a, b := splitLines(before), splitLines(after)
	changes := changesOf(a, b)
	if len(changes) == 0 {
		return nil
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- a/%s\n+++ b/%s\n", path, path)
	for len(changes) > 0 {
		n := 1 // changes that share lines of context are one hunk
		for n < len(changes) && changes[n].from-changes[n-1].to <= 2*around {
			n++
		}
		printHunk(&out, a, b, changes[:n])
		changes = changes[n:]
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func printHunk(out *strings.Builder, a, b []string, changes []change) {
	first, last := changes[0], changes[len(changes)-1]
	from, to := max(first.from-around, 0), min(last.to+around, len(a))
	newFrom := first.newFrom - (first.from - from)
	newTo := last.newTo + (to - last.to)
	fmt.Fprintf(out, "@@ -%s +%s @@\n", lineRange(from, to), lineRange(newFrom, newTo))
	for _, c := range changes {
		writeLines(out, " ", a[from:c.from])
		writeLines(out, "-", a[c.from:c.to])
		writeLines(out, "+", b[c.newFrom:c.newTo])
		from = c.to
	}
	writeLines(out, " ", a[from:to])
}

// lineRange writes lines as a unified diff does: it counts from 1, and an empty range is
// that behind the line before it.
func lineRange(from, to int) string {
	if from == to {
		return fmt.Sprintf("%d,0", from)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}

func writeLines(out *strings.Builder, sign string, lines []string) {
	for _, line := range lines {
		out.WriteString(sign + line)
		if !strings.HasSuffix(line, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// splitLines splits text behind each line break.
func splitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	return lines
}

// changesOf compares lines with Myers' algorithm, which takes time and memory for the
// lines that differ: a fix changes few of them.
func changesOf(a, b []string) []change {
	var path []trace // of the furthest points, for each number of edits
	v := trace{1: 0}
	for d := 0; ; d++ {
		next := make(trace, d+1)
		for k := -d; k <= d; k += 2 {
			x := v.step(k, d)
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			next[k] = x
			if x >= len(a) && x-k >= len(b) {
				return backtrack(path, len(a), len(b))
			}
		}
		path = append(path, next)
		v = next
	}
}

// A trace maps diagonals, the difference of the two line numbers, to the furthest line
// of the old text that was reached there.
type trace map[int]int

// step returns the line at which the d-th edit begins on a diagonal: behind a deleted
// line of the diagonal below or an inserted one of that above.
func (v trace) step(k, d int) int {
	if d == 0 {
		return 0
	}
	if v.inserts(k, d) {
		return v[k+1]
	}
	return v[k-1] + 1
}

func (v trace) inserts(k, d int) bool {
	return k == -d || k != d && v[k-1] < v[k+1]
}

// backtrack returns the changes on the way that the traces describe.
func backtrack(path []trace, x, y int) []change {
	var changes []change
	for d := len(path); d > 0; d-- {
		v, k := path[d-1], x-y
		from := k - 1
		if v.inserts(k, d) {
			from = k + 1
		}
		px := v[from]
		py := px - from
		c := change{from: px, to: px, newFrom: py, newTo: py}
		if from > k {
			c.newTo++
		} else {
			c.to++
		}
		if n := len(changes) - 1; n >= 0 && changes[n].from == c.to && changes[n].newFrom == c.newTo {
			changes[n].from, changes[n].newFrom = c.from, c.newFrom
		} else {
			changes = append(changes, c)
		}
		x, y = px, py
	}
	for i, j := 0, len(changes)-1; i < j; i, j = i+1, j-1 {
		changes[i], changes[j] = changes[j], changes[i]
	}
	return changes
}
