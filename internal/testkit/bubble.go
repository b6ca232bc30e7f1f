//go:build go1.25

package testkit

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"
)

// InBubble is [synctest.Test]. It skips the test where GODEBUG=asynctimerchan=1 rules
// bubbles out: a timer of Go 1.22 belongs to no bubble, and the runtime panics.
func InBubble(t *testing.T, f func(*testing.T)) {
	t.Helper()
	if strings.Contains(os.Getenv("GODEBUG"), "asynctimerchan=1") {
		t.Skip("GODEBUG=asynctimerchan=1: no bubbles")
	}
	synctest.Test(t, f)
}
