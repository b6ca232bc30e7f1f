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

// Run checks that a program is content with what its users saw, that its check fails
// where the program is told to do it wrong, and that it refuses what makes no sense.
func Run(t *testing.T, p users.Program) {
	for _, n := range []string{"2", "8", "30"} {
		code, stdout, stderr := execute(p, "-users", n)
		require.Zero(t, code, stderr)
		lines := strings.Split(strings.TrimSpace(stdout), "\n")
		last := lines[len(lines)-1]
		assert.Regexp(t, "^users "+n+`, sightings \d+: everybody's work saw their own data$`, last)
		// The output is read as a user would, without the help of the check.
		for _, line := range lines[:len(lines)-1] {
			words := strings.Fields(line)
			require.Equal(t, words[0], words[len(words)-1], line)
		}
	}

	code, stdout, stderr := execute(p, "-wrong")
	assert.Equal(t, 1, code, "the check is worth something only if it can fail")
	assert.Regexp(t, `: \d+ PROBLEMS\n$`, stdout)
	assert.Regexp(t, "^"+p.Name+": problems: ", stderr)

	for _, args := range []string{"-users 1", "-users 1001", "-nosuch", "now"} {
		code, _, stderr := execute(p, strings.Fields(args)...)
		assert.Equal(t, 2, code, args)
		assert.True(t, strings.HasPrefix(stderr, p.Name+": "), stderr)
	}
}

func execute(p users.Program, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = p.Execute(args, &out, &err)
	return code, out.String(), err.String()
}
