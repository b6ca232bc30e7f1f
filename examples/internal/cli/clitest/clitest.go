// Package clitest runs examples as a shell does.
package clitest

import (
	"bytes"
	"io"
	"strings"
)

// Execute runs a program with arguments and returns its exit status and the lines
// that it printed.
func Execute(run func(args []string, stdout, stderr io.Writer) int, args ...string) (code int, stdout, stderr []string) {
	var out, err bytes.Buffer
	code = run(args, &out, &err)
	return code, splitLines(out.String()), splitLines(err.String())
}

func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}
