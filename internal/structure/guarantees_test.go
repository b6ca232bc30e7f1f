package structure

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// named is a link of docs/guarantees.md whose text is a test or a fuzz target.
var named = regexp.MustCompile(`\[((?:Test|Fuzz)\w+)\]\(\.\./([^)]+)\)`)

// TestGuaranteesNameExistingTests checks that each test that docs/guarantees.md names is
// in the file that it links to, and that its promises and limits are the README's.
func TestGuaranteesNameExistingTests(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "guarantees.md"))
	require.NoError(t, err)
	links := named.FindAllStringSubmatch(string(text), -1)
	require.Greater(t, len(links), 40)
	for _, link := range links {
		file, err := os.ReadFile(filepath.Join(root, link[2]))
		require.NoError(t, err, link[1])
		assert.Contains(t, string(file), "\nfunc "+link[1]+"(", link[2])
	}

	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	_, promises, _ := strings.Cut(string(readme), "\n## Guarantees\n")
	promises, limits, _ := strings.Cut(promises, "\n## Limits\n")
	for _, words := range []string{
		"A goroutine's record carries its ID, which Go never reuses.",
		"`runtime.Goexit`. Scopes may end in any order; none brings back one that has ended.",
		"`als.Go`, `als.Bind` and `als.Snapshot` capture the stores as they are at the call.",
		"The stores that a goroutine leaves are garbage within two collections after it exited, without a background goroutine, timer or channel.",
		"revokes its store for every goroutine, snapshot and bound function that captured it, at once, and releases it.",
		"If an assumption fails, the place is searched for, or slower code does without it;",
		"The assembly is used only on Go releases that we have checked (1.24 to 1.27).",
	} {
		assert.Contains(t, plain(promises), plain(words), "README.md")
		assert.Contains(t, plain(string(text)), plain(words), "docs/guarantees.md")
	}

	limits, _, found := strings.Cut(limits, "\n## ")
	require.True(t, found, "README.md: a section behind the limits")
	checked := 0
	for sentence := range strings.SplitSeq(strings.NewReplacer(" - **", " ", "- **", "", "**", "").Replace(plain(limits)), ". ") {
		if sentence == "Where the fast path ends" {
			continue // a title
		}
		// In guarantees.md it may follow a colon.
		assert.Contains(t, strings.ToLower(plain(string(text))), strings.ToLower(strings.TrimSuffix(sentence, ".")), "docs/guarantees.md")
		checked++
	}
	require.Greater(t, checked, 15)
}

var link = regexp.MustCompile(`\[([^]]+)\]\([^)]+\)`)

// plain returns text without line breaks, marks of code and the targets of links.
func plain(text string) string {
	text = link.ReplaceAllString(strings.ReplaceAll(text, "`", ""), "$1")
	return strings.Join(strings.Fields(text), " ")
}
