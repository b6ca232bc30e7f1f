// Package userstest tests the programs of package users.
package userstest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Run checks that a program finds no problem, that its wrong way goes wrong, that its
// check fails with the wrong way, and that it refuses invalid flags. It reads the output
// as a user would, without the help of the check.
func Run(t *testing.T, p users.Program) {
	for _, n := range []string{"2", "8", "30"} {
		code, stdout, stderr := execute(p, "-users", n)
		require.Zero(t, code, stderr)
		assert.True(t, strings.HasPrefix(stdout, p.Name+": "+p.Shows+"\n\n"), stdout)
		_, parts, _ := strings.Cut(stdout, "\nWRONG  "+p.Wrong+":\n")
		wrong, right, found := strings.Cut(parts, "\n\nRIGHT  "+p.Right+":\n")
		require.True(t, found, stdout)
		right, verdict, found := strings.Cut(right, "\n\n")
		require.True(t, found, stdout)
		assert.Contains(t, wrong, "<- should be ")
		assert.NotContains(t, right, "<- should be ")
		assert.Contains(t, right, "alice")
		assert.Contains(t, right, "bruno")
		assert.Regexp(t, "^Checked with "+n+` users at the same time, \d+ sightings: all work saw its own user's data\n$`, verdict)
		assert.LessOrEqual(t, strings.Count(stdout, "\n"), 24, "a newcomer should see at once what it shows")
	}

	code, stdout, stderr := execute(p, "-wrong")
	assert.Equal(t, 1, code, "the check is worth something only if it can fail")
	assert.Regexp(t, `: \d+ PROBLEMS\n$`, stdout)
	assert.Regexp(t, "^"+p.Name+": problems: ", stderr)

	for _, args := range []string{"-users 1", "-users 1001", "-nosuch", "now"} {
		code, stdout, stderr := execute(p, strings.Fields(args)...)
		assert.Equal(t, 2, code, args)
		assert.Empty(t, stdout, args)
		assert.True(t, strings.HasPrefix(stderr, p.Name+": "), stderr)
	}
}

func execute(p users.Program, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = p.Execute(args, &out, &err)
	return code, out.String(), err.String()
}
