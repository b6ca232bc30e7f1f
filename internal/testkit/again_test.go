package testkit

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAgain(t *testing.T) {
	const asChild = "TESTKIT_TEST_CHILD"
	switch os.Getenv(asChild) {
	case "exits":
		fmt.Print("out")
		fmt.Fprint(os.Stderr, "errs")
		os.Exit(7)
	case "ends":
		return
	}
	t.Run("subtest", func(t *testing.T) { // the child runs the test around it
		stdout, stderr, exitCode := Again(t, asChild+"=exits")
		assert.Equal(t, "out", stdout)
		assert.Equal(t, "errs", stderr)
		assert.Equal(t, 7, exitCode)
	})
	stdout, stderr, exitCode := Again(t, asChild+"=ends")
	assert.Contains(t, stdout, "PASS")
	assert.NotContains(t, stderr, "no tests to run")
	assert.Zero(t, exitCode)
}
