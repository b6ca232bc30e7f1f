package driver

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDiff(t *testing.T) {
	var before []string
	for _, letter := range "abcdefghijklmnopqrst" {
		before = append(before, string(letter)+"\n")
	}
	after := slices.Clone(before)
	after[9] = "J\n"
	after = slices.Delete(after, 0, 1)
	after = append(after, "u")
	var out strings.Builder
	require.NoError(t, printDiff(&out, "dir/file.go", strings.Join(before, ""), strings.Join(after, "")))
	assert.Equal(t, `--- a/dir/file.go
+++ b/dir/file.go
@@ -1,4 +1,3 @@
-a
 b
 c
 d
@@ -7,7 +6,7 @@
 g
 h
 i
-j
+J
 k
 l
 m
@@ -18,3 +17,4 @@
 r
 s
 t
+u
\ No newline at end of file
`, out.String())

	out.Reset()
	require.NoError(t, printDiff(&out, "new.go", "", "a\n"))
	assert.Equal(t, "--- a/new.go\n+++ b/new.go\n@@ -0,0 +1,1 @@\n+a\n", out.String())

	out.Reset()
	require.NoError(t, printDiff(&out, "same.go", "a\n", "a\n"))
	assert.Empty(t, out.String())
}

// The changes between any two texts turn the first into the second, and no fewer lines
// would: the number is that of a table of all prefixes.
func TestChanges(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() []string {
		lines := make([]string, random.IntN(9))
		for i := range lines {
			lines[i] = string(rune('a' + random.IntN(3)))
		}
		return lines
	}
	for range 3000 {
		a, b := text(), text()
		var got []string
		from, lines := 0, 0
		for _, c := range changesOf(a, b) {
			require.GreaterOrEqual(t, c.from, from)
			got = append(append(got, a[from:c.from]...), b[c.newFrom:c.newTo]...)
			from = c.to
			lines += c.to - c.from + c.newTo - c.newFrom
		}
		got = append(got, a[from:]...)
		require.True(t, slices.Equal(b, got), "%q to %q: %q", a, b, got)
		require.Equal(t, distance(a, b), lines, "%q to %q", a, b)
	}
}

// distance is the number of lines to delete and insert.
func distance(a, b []string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			above := row[j+1]
			row[j+1] = min(above, row[j]) + 1
			if a[i] == b[j] {
				row[j+1] = diagonal
			}
			diagonal = above
		}
	}
	return row[len(b)]
}
