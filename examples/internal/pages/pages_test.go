package pages

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRecipes(t *testing.T) {
	pages, err := filepath.Glob("../../../docs/recipes/*.md")
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	pages = append(pages, "../../../docs/tracing.md")
	for _, page := range pages {
		problems, err := Links(page)
		require.NoError(t, err)
		assert.Empty(t, problems)
		if filepath.Base(page) == "README.md" {
			continue // it has no code
		}
		problems, err = Check(page)
		require.NoError(t, err)
		assert.Empty(t, problems)
	}
}

const source = `package p

import "fmt"

func f() {
	fmt.Println("f")
}

func Example() {
	// Output:
	// f
	//
	// g
}
`

const page = "# A page\n\nSee [p.go](p.go):\n\n" +
	"```go\nfunc f() {\n\tfmt.Println(\"f\")\n}\n```\n\nIt prints\n\n```text\nf\n\ng\n```\n\n```sh\ngo run p.go\n```\n"

func TestCheck(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"nothing wrong", "", "", ""},
		{"another line", `"f"`, `"g"`, "page.md:5: DIR/p.go does not have this block"},
		{"half a line", "func f() {\n", "f() {\n", "page.md:5: DIR/p.go does not have this block"},
		{"a line left out", "\tfmt.Println(\"f\")\n", "", "page.md:5: DIR/p.go does not have this block"},
		{"another output", "f\n\ng\n", "f\ng\n", "page.md:13: DIR/p.go does not have this block"},
		{"no link", "(p.go)", "(p.txt)", "page.md:5: no link to a Go file before this block|page.md:13: no link to a Go file before this block"},
		{"no file", "(p.go)", "(q.go)", "page.md:5: open DIR/q.go: no such file or directory|page.md:13: open DIR/q.go: no such file or directory"},
		{"no code", "```go", "```sh", "page.md: no block of go"},
		{"no output", "```text", "```", "page.md: no block of text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "p.go"), []byte(source), 0o600))
			name := filepath.Join(dir, "page.md")
			require.NoError(t, os.WriteFile(name, []byte(strings.Replace(page, c.old, c.new, 1)), 0o600))
			problems, err := Check(name)
			require.NoError(t, err)
			got := strings.ReplaceAll(strings.Join(problems, "|"), dir+string(filepath.Separator)+"page.md", "page.md")
			assert.Equal(t, c.want, strings.ReplaceAll(got, dir, "DIR"))
		})
	}
	for _, link := range []string{"q.go", "../q.md", "sub/"} {
		name := filepath.Join(t.TempDir(), "page.md")
		require.NoError(t, os.WriteFile(name, []byte("[a]("+link+") [b](https://example.com/x.go) [c](#x) [d](page.md)"), 0o600))
		problems, err := Links(name)
		require.NoError(t, err)
		assert.Len(t, problems, 1, link)
	}
	_, err := Links(filepath.Join(t.TempDir(), "nothing.md"))
	assert.ErrorIs(t, err, os.ErrNotExist)
	_, err = Check(filepath.Join(t.TempDir(), "nothing.md"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}
